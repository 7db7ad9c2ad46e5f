"""Runs one Python extractor over pages, once, and tells what it took: peers.py TOOL PAGES PREDICTIONS.

The same protocol as src/main.rs: pages into memory, a few to warm up, one measured pass, predictions, figures as JSON.
Each tool has the settings its documentation gives for news articles.
"""

import json
import resource
import sys
import warnings

WARM_UP = 5


def trafilatura():
    from trafilatura import bare_extraction

    def extract(page):
        document = bare_extraction(page["html"], url=page.get("url"), with_metadata=True, include_comments=False)
        if document is None:
            return {}
        authors = [name for name in (document.author or "").split("; ") if name]
        return {"text": document.text, "title": document.title, "authors": authors, "date": document.date}

    return extract


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def extract(page):
        tree = HTMLTree.parse(page["html"])
        text = extract_plain_text(tree, main_content=True, alt_texts=False, list_bullets=False, comments=False,
                                  post_meta=False, hidden_elements=False)
        return {"text": text, "title": tree.title}  # it reads no authors and no date

    return extract


def newspaper4k():
    from newspaper import Article

    def extract(page):
        # It would fetch pictures otherwise, and wait for a network that is not measured.
        article = Article(page.get("url") or "https://page.example/", fetch_images=False)
        article.download(input_html=page["html"])
        article.parse()
        date = article.publish_date
        return {"text": article.text, "title": article.title, "authors": article.authors,
                "date": date.isoformat() if hasattr(date, "isoformat") else date or None}

    return extract


TOOLS = {"trafilatura": trafilatura, "resiliparse": resiliparse, "newspaper4k": newspaper4k}


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def status(field):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def held_now():
    """Forgets the peak of memory so far; None where the system has no such thing."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as peak:
            peak.write("5")
        return status("VmRSS:")
    except OSError:
        return None


def main():
    tool, pages, predictions = sys.argv[1:]
    warnings.simplefilter("ignore")
    extract = TOOLS[tool]()
    with open(pages, encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    found, failed = [], 0
    before = held_now()
    for page in pages[:WARM_UP]:
        try:
            extract(page)
        except Exception:  # only the time matters here
            pass

    started = last = cpu()
    slowest = (0.0, None)
    for page in pages:
        try:
            found.append(extract(page))
        except Exception:
            failed += 1
            found.append({})
        now = cpu()
        slowest = max(slowest, (now - last, page["id"]), key=lambda one: one[0])
        last = now
    memory = None if before is None else max(0, status("VmHWM:") - before)

    with open(predictions, "w", encoding="utf-8") as out:
        for page, one in zip(pages, found):
            one = {key: value for key, value in one.items() if value is not None}
            print(json.dumps({"id": page["id"], **one}), file=out)
    print(json.dumps({"cpu": last - started, "slowest": slowest[0], "slowest_id": slowest[1], "memory": memory,
                      "failed": failed}))


if __name__ == "__main__":
    main()
