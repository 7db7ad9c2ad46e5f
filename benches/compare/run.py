#!/usr/bin/env python3
"""Compares copydesk with other extractors on the same pages: speed, memory and quality of the same outputs.

    benches/compare/run.py PAGES.jsonl.gz [...]

A line of a file: {"id", "url"?, "html", "truth"?}, as for `copydesk eval`. What it installs and builds, and what the
tools find, goes to target/compare. See README.md beside this file.
"""

import argparse
import datetime
import gzip
import json
import os
import statistics
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "target" / "compare"
RUST = ("copydesk", "dom_smoothie", "rs-trafilatura")
PYTHON = ("resiliparse", "trafilatura", "newspaper4k")
BASE = "resiliparse"
MEASURES = ("word_f1", "sh_f1", "exact", "para_f1", "snip_f1", "title", "author", "date")


def main():
    args = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    commands = prepare(args.tools)
    print(f"{datetime.date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, "
          f"{git_state()}; {', '.join(versions(args.tools))}")
    for file in args.files:
        pages = sample(file, args.pages)
        figures = race(commands, pages, args)
        told = ["", f"**{pages.folder.name}**: {pages.count} pages, {pages.size / 1e6:.1f} MB", "",
                 *speed_table(figures, pages)]
        if pages.has_truth:
            told += ["", *quality_tables(args, pages)]
        print("\n".join(told), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="PAGES", help="JSON lines of pages, plain or gzip")
    parser.add_argument("--pages", type=int, metavar="N", help="only N pages of each file, evenly spread [default: all]")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of all tools in turn [default: 3]")
    parser.add_argument("--budget", type=float, default=20, metavar="SECONDS",
                        help="no further round for a tool that used so much CPU time on a file [default: 20]")
    parser.add_argument("--tools", type=lambda names: names.split(","), default=[*RUST, *PYTHON], metavar="A,B",
                        help="only these tools")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=DIR",
                        help="score DIR/SET.pred.jsonl too, as `copydesk train --predictions` writes them")
    args = parser.parse_args()
    if unknown := set(args.tools) - {*RUST, *PYTHON}:
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    if any("=" not in one for one in args.also):
        parser.error("--also needs NAME=DIR")
    return args


def prepare(tools):
    """Installs and builds what is missing; the command of each tool by its name."""
    print("building copydesk and the Rust peers", file=sys.stderr)
    build = ["cargo", "build", "--quiet", "--locked"]
    run([*build, "--release", "--manifest-path", HERE / "Cargo.toml", "--target-dir", WORK / "rust"])
    run([*build, "--profile", "quick", "--bin", "copydesk"], cwd=ROOT)  # only to score
    commands = {tool: [WORK / "rust" / "release" / "copydesk-compare", tool] for tool in RUST}
    if not set(tools).isdisjoint(PYTHON):
        python, wanted = WORK / "venv" / "bin" / "python", HERE / "requirements.txt"
        installed = WORK / "venv" / "requirements.txt"
        if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
            print("installing the Python peers", file=sys.stderr)
            venv.create(WORK / "venv", with_pip=True, clear=True)
            # The pip that some Pythons come with cannot resolve trafilatura's requirements.
            run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip>=26"])
            run([python, "-m", "pip", "install", "--quiet", "--requirement", wanted])
            installed.write_bytes(wanted.read_bytes())
        commands |= {tool: [python, HERE / "peers.py", tool] for tool in PYTHON}
    return {tool: commands[tool] for tool in tools}


class Pages:
    """Pages in two files: for the tools without the truth, and for `copydesk eval` with it."""

    def __init__(self, name):
        folder = WORK / "runs" / name
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.bare, self.set = folder, folder / "pages.jsonl", folder / "set.jsonl"
        self.count = self.size = 0
        self.has_truth = False


def sample(file, wanted):
    """The pages of a file, or so many of them, evenly spread."""
    name = file.name.removesuffix(".gz").removesuffix(".jsonl")
    pages = Pages(name)
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8") as lines:
        rows = [line for line in lines if line.strip()]
    if wanted and wanted < len(rows):
        rows = [rows[number * len(rows) // wanted] for number in range(wanted)]
    with open(pages.bare, "w", encoding="utf-8") as bare, open(pages.set, "w", encoding="utf-8") as full:
        for row in map(json.loads, rows):
            if "html" not in row:
                sys.exit(f"{file}: {row.get('id')}: no `html`; the peers read pages only")
            pages.count += 1
            pages.size += len(row["html"].encode())
            pages.has_truth |= bool(row.setdefault("truth", {}))
            print(json.dumps(row), file=full)
            print(json.dumps({key: row.get(key) for key in ("id", "url", "html")}, ensure_ascii=False), file=bare)
    return pages


def race(commands, pages, args):
    """All tools in turn, round by round, each in a process of its own; the figures of each round by tool."""
    figures = {tool: [] for tool in commands}
    for number in range(args.rounds):
        for tool, command in commands.items():
            if sum(one["cpu"] for one in figures[tool]) >= args.budget:
                continue
            done = run([*command, pages.bare, pages.folder / f"{tool}.pred.jsonl"], stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL)
            figures[tool].append(json.loads(done.stdout))
            print(f"{pages.folder.name} round {number + 1} {tool}: {figures[tool][-1]}", file=sys.stderr)
    return figures


def speed_table(figures, pages):
    """The median round of each tool; the range of its rounds shows how far the machine can be trusted."""
    median = {tool: statistics.median(one["cpu"] for one in rounds) for tool, rounds in figures.items()}
    rows = []
    for tool, rounds in sorted(figures.items(), key=lambda item: median[item[0]]):
        times = [pages.count / one["cpu"] for one in rounds]
        slowest = min(one["slowest"] for one in rounds)
        memory = [one["memory"] for one in rounds if one["memory"] is not None]
        rows.append([
            tool, f"{pages.count / median[tool]:.0f} ({min(times):.0f}-{max(times):.0f})",
            f"{pages.size / 1e6 / median[tool]:.1f}",
            f"{median[BASE] / median[tool]:.2f}" if BASE in median else "",
            f"{max(memory) / 1e6:.0f}" if memory else "", f"{slowest * 1e3:.0f}", rounds[-1]["failed"], len(rounds),
        ])
    return table(["tool", "pages/CPU-s (range)", "MB/CPU-s", f"x {BASE}", "peak memory MB", "slowest page ms",
                  "failed", "rounds"], rows)


def quality_tables(args, pages):
    """What `copydesk eval` says of the outputs: the measures, and leftovers and losses per 100 pages."""
    predictions = {tool: pages.folder / f"{tool}.pred.jsonl" for tool in args.tools}
    for name, folder in (one.split("=", 1) for one in args.also):
        predictions[name] = Path(folder) / f"{pages.folder.name}.pred.jsonl"
    copydesk = ROOT / "target" / "quick" / "copydesk"
    scores = {}
    for tool, path in predictions.items():
        if not path.exists():
            print(f"{tool}: no {path}", file=sys.stderr)
            continue
        done = run([copydesk, "eval", "--json", pages.set, "--score", path], stdout=subprocess.PIPE)
        scores[tool] = json.loads(done.stdout.splitlines()[0])
    named = [name for name in MEASURES if any(name in score["measures"] for score in scores.values())]
    cell = lambda measures, name: f"{measures[name]:.4f}" if name in measures else ""
    told = table(["tool", *named], [[tool, *(cell(score["measures"], name) for name in named)]
                                    for tool, score in scores.items()])
    if rates := {tool: score["per_100_pages"] for tool, score in scores.items() if "per_100_pages" in score}:
        told += ["", "Per 100 pages:", ""]
        told += table(["tool", "leftover lines", "pages with one", "lost paragraphs", "leftover lines by kind"], [
            [tool, f"{rate['leftover_lines']:.0f}", f"{rate['leftover_pages']:.0f}", f"{rate['lost_paragraphs']:.0f}",
             kinds(rate["leftover_kinds"])] for tool, rate in rates.items()])
    return told


def kinds(rates, most=7):
    ordered = sorted(rates.items(), key=lambda item: -item[1])
    rest = sum(rate for _, rate in ordered[most:])
    told = [f"{kind} {rate:.1f}" for kind, rate in ordered[:most]]
    return ", ".join(told + ([f"{len(ordered) - most} more kinds {rest:.1f}"] if rest else []))


def table(head, rows):
    return [f"| {' | '.join(map(str, row))} |" for row in [head, ["---"] * len(head), *rows]]


def versions(tools):
    """The pinned versions, as they stand in the files that pin them."""
    pins = [*(HERE / "requirements.txt").read_text().splitlines(), *(HERE / "Cargo.toml").read_text().splitlines()]
    for pin in pins:
        name, _, version = pin.replace('"', "").replace(" = =", "==").partition("==")
        if name.lower() in tools:
            yield f"{name} {version}"


def git_state():
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return f"copydesk {done.stdout.strip() or 'without git'}"


def run(command, **options):
    done = subprocess.run(list(map(str, command)), text=True, **options)
    if done.returncode:
        sys.exit(f"failed with {done.returncode}: {' '.join(map(str, command))}")
    return done


if __name__ == "__main__":
    main()
