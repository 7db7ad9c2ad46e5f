#!/usr/bin/env python3
"""Cost against size: CPU time and memory for each byte of pages from 50 KB to 5 MB, and for each of 100 to 100,000 pages.

    benches/size.py [--binary target/release/copydesk] [--rounds 5] [--svg docs/size.svg]

Needs nothing but Python and the binary. The pages are invented: an article between menus, its body as long as it takes,
with a teaser box among every twelve paragraphs. CPU time is that of the whole command (user and system), less that of a
run over a page of one word; each figure is the lowest of the rounds, since what else the machine does only adds to it.
Memory is the peak of the whole process: for sizes, of one that cleans the small pages and then one of the size, so that
what is made once is there already."""

import argparse
import json
import os
import random
import subprocess
import tempfile

WORDS = """the a of and to in harbour council ferry bridge winter school market county river engine plan budget street
morning vote report library mayor station repair island timetable theatre flood summer bakery orchard tower festival
museum lighthouse decided opened closed said built moved counted paid found waited asked began returned promised with
before after between because while every second third older smaller wooden public local annual""".split()
SIZES = [50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000]
COUNTS = [100, 1_000, 10_000, 100_000]
# Pages of a size are cleaned until they come to so many bytes, so that short runs are not lost in the noise.
BYTES = 60_000_000


def sentence(rng):
    words = [rng.choice(WORDS) for _ in range(rng.randint(8, 22))]
    return " ".join(words).capitalize() + "."


def page(size, rng):
    """A page of at least so many bytes."""
    menu = "".join(f'<li class="nav-item"><a href="/{word}">{word.capitalize()}</a></li>' for word in WORDS[7:30])
    out = [
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8>",
        f"<title>{sentence(rng)} - Elsterwick Post</title><script>var page = {{}};</script></head><body>",
        f'<header><nav><ul class="menu">{menu}</ul></nav></header><main><article class="story">',
        f'<h1>{sentence(rng)}</h1><p class="byline">By <a href="/people/ada-fenn">Ada Fenn</a></p>',
        '<div class="story-body">',
    ]
    length, paragraphs = sum(map(len, out)), 0
    while length < size:
        text = " ".join(sentence(rng) for _ in range(rng.randint(2, 5)))
        part = f'<p class="text">{text}</p>'
        paragraphs += 1
        if paragraphs % 12 == 0:
            part += (
                f'<aside class="related"><h3>Read more</h3><a href="/{rng.randrange(10**6)}">'
                f'<img src="/i/{rng.randrange(10**6)}.jpg" alt="">{sentence(rng)}</a></aside>'
            )
        out.append(part)
        length += len(part)
    out.append(f'</div></article></main><footer><ul>{menu}</ul><p>© 2026 Elsterwick Post</p></footer></body></html>')
    return "".join(out)


def dump(path, pages):
    """Writes pages, one after the other, and tells the bytes of their HTML. None is kept: a process that is started
    counts the memory of its parent at that moment as its own."""
    size = 0
    with open(path, "w", encoding="utf8") as out:
        for number, html in enumerate(pages):
            size += len(html.encode())
            record = {"id": f"p{number}", "url": f"https://elsterwick-post.example/{number}", "html": html}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    return size


def cost(binary, path, rounds):
    """The lowest CPU seconds and peak memory in bytes of cleaning a dump on one thread."""
    best = (float("inf"), float("inf"))
    for _ in range(rounds):
        child = subprocess.Popen(
            [binary, "clean", "--quiet", "--threads", "1", path, "-o", path + ".out"],
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(child.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"copydesk failed on {path}")
        os.remove(path + ".out")
        best = (min(best[0], usage.ru_utime + usage.ru_stime), min(best[1], usage.ru_maxrss * 1024))
    return best


def svg(series, title, unit):
    """A line through (name, value) points, from zero up."""
    width, height, left, top, bottom = 380, 220, 56, 34, 36
    highest = max(value for _, value in series) * 1.2
    x = lambda at: left + at * (width - left - 24) / (len(series) - 1)
    y = lambda value: height - bottom - value / highest * (height - top - bottom)
    points = [(x(at), y(value), name, value) for at, (name, value) in enumerate(series)]
    line = " ".join(f"{px:.1f},{py:.1f}" for px, py, _, _ in points)
    marks = "".join(
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3"/><text x="{px:.1f}" y="{py - 8:.1f}">{value:.3g}</text>'
        f'<text x="{px:.1f}" y="{height - bottom + 16}">{name}</text>'
        for px, py, name, value in points
    )
    axis = f'<path d="M{left} {top}V{height - bottom}H{width - 12}" fill="none" stroke="#888"/>'
    return (
        f'<g><text x="{width / 2}" y="18" font-weight="bold">{title} ({unit})</text>{axis}'
        f'<polyline points="{line}" fill="none" stroke="#2a6f97" stroke-width="2"/>{marks}</g>',
        width,
        height,
    )


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--binary", default="target/release/copydesk")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--svg", help="write the plot here")
    options.add_argument("--most-pages", type=int, default=COUNTS[-1])
    args = options.parse_args()
    short = lambda n: f"{n // 10**6}M" if n >= 10**6 else f"{n // 1000}k" if n >= 1000 else str(n)
    time_of_size, time_of_count = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "dump.jsonl")
        dump(path, ["<p>Word.</p>"])
        start = cost(args.binary, path, args.rounds)
        print("| page | ns of CPU a byte | against the smallest | peak memory MB |\n| --- | --- | --- | --- |")
        for size in SIZES:
            rng = random.Random(size)
            written = dump(path, (page(size, rng) for _ in range(BYTES // size)))
            seconds = cost(args.binary, path, args.rounds)[0] - start[0]
            small = random.Random(17)
            dump(path, (page(20_000 if number < 200 else size, small) for number in range(201)))
            memory = cost(args.binary, path, args.rounds)[1]
            time_of_size.append((short(size), seconds / written * 1e9))
            ratio = time_of_size[-1][1] / time_of_size[0][1]
            print(f"| {short(size)}B | {time_of_size[-1][1]:.2f} | {ratio:.2f} | {memory / 1e6:.0f} |", flush=True)
        print("\n| pages of 20 kB | µs of CPU a page | peak memory MB |\n| --- | --- | --- |")
        for count in COUNTS:
            if count > args.most_pages:
                break
            rng = random.Random(17)
            some = [page(20_000, rng) for _ in range(100)]
            dump(path, (some[number % 100] for number in range(count)))
            seconds, memory = cost(args.binary, path, 1 if count > 10_000 else args.rounds)
            time_of_count.append((short(count), (seconds - start[0]) / count * 1e6))
            print(f"| {count:,} | {time_of_count[-1][1]:.0f} | {memory / 1e6:.0f} |", flush=True)
    if args.svg:
        plots = [svg(time_of_size, "CPU for pages of a size", "ns a byte"), svg(time_of_count, "CPU for so many pages", "µs a page")]
        width, height = sum(plot[1] for plot in plots), plots[0][2]
        shifted, at = "", 0
        for group, w, _ in plots:
            shifted += f'<g transform="translate({at} 0)">{group}</g>'
            at += w
        with open(args.svg, "w", encoding="utf8") as out:
            out.write(
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
                f'font-size="11" text-anchor="middle"><rect width="100%" height="100%" fill="white"/>{shifted}</svg>\n'
            )


if __name__ == "__main__":
    main()
