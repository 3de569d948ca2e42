"""A blog post says: a browser has its threads for drawing, scripts and the network in one process. Google says of
Chrome: site isolation, a process for each site, takes 10 to 13 % more memory. This script serves four small pages
under the names of four sites and opens them in Chromium without a window: as four tabs, and as four frames of one
tab, with and without site isolation. It counts processes by their type and adds up their memory (PSS), and kills a
renderer of one tab to see which others go on. Each page asks the script's server for something every 200 ms, by
which the script knows that it has been loaded and runs."""
import contextlib
import http.server
import os
import pathlib
import signal
import threading
import time
import urllib.parse
import urllib.request

import children

SITES = ["one.test", "two.test", "three.test", "four.test"]
PAGE = "<!doctype html><title>{site}</title><p>{site}</p>{frames}<script>setInterval(() => fetch('/alive'), 200)</script>"
LOAD_S, SETTLE_S, SILENT_S = 20, 2, 3
# The sandbox needs rights that a container may refuse. Names that are not the sites' are not looked up.
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-breakpad", "--no-first-run",
           "--no-proxy-server", "--remote-debugging-port=0",
           "--host-resolver-rules=" + ",".join(f"MAP {site} 127.0.0.1" for site in SITES) + ",MAP * ~NOTFOUND,EXCLUDE 127.0.0.1"]
# A renderer that is kept for the next site would be counted beside those of the pages.
WITHOUT_SPARE = "SpareRendererForSitePerProcess"
ISOLATED = ["--site-per-process", f"--disable-features={WITHOUT_SPARE}"]
NOT_ISOLATED = ["--disable-site-isolation-trials", f"--disable-features={WITHOUT_SPARE},IsolateOrigins,site-per-process"]


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    alive = {}  # When each site was last heard of.

    def do_GET(self):
        site, _, port = self.headers.get("Host", "").partition(":")
        body = ""
        if self.path == "/alive":
            Pages.alive[site] = time.monotonic()
        else:
            frames = SITES[1:] if self.path == "/frames" else []
            inside = "".join(f"<iframe src='http://{name}:{port}/'></iframe>" for name in frames)
            body = PAGE.format(site=site, frames=inside)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def alive(since):
    return {site for site, when in list(Pages.alive.items()) if when > since}


@contextlib.contextmanager
def browser(profile, options, url):
    """Chromium with one page, and a function that opens another in a tab of its own."""
    profile = pathlib.Path(profile).absolute()
    chosen = profile / "DevToolsActivePort"
    command = ["chromium", *OPTIONS, *options, f"--user-data-dir={profile}", url]
    try:
        with children.running(command, lambda: chosen.exists() and chosen.read_text().count("\n") > 0, LOAD_S) as started:
            port = chosen.read_text().split()[0]

            def open_tab(another):
                urllib.request.urlopen(urllib.request.Request(
                    f"http://127.0.0.1:{port}/json/new?{urllib.parse.quote(another, safe='')}", method="PUT"), timeout=10).close()

            yield started.pid, open_tab
    finally:
        for pid, command in commands():  # Helpers that have left the process group.
            if str(profile) in command:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)


def commands():
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def tree(pid):
    """The process and all below it: the command and the KiB of PSS of each."""
    found = {}
    with contextlib.suppress(OSError):
        folder = pathlib.Path(f"/proc/{pid}")
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        pss = next(line for line in (folder / "smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
        found[pid] = command, int(pss.split()[1])
        for task in (folder / "task").iterdir():
            for child in (task / "children").read_text().split():
                found.update(tree(int(child)))
    return found


def wait_for_pages(begin):
    if not children.wait_until(lambda: len(alive(begin)) == len(SITES), LOAD_S):
        children.refuse(f"found {len(alive(begin))} pages loaded after {LOAD_S} s, expected {len(SITES)}")
    time.sleep(SETTLE_S)


def renderers(processes):
    """One of them may have no page: a tab begins in another renderer than that of the site which it is sent to."""
    return [pid for pid, (command, _) in processes.items() if "--type=renderer" in command]


def mib(processes):
    return sum(kib for _, kib in processes.values()) / 1024


def left_after_a_crash(processes):
    """The sites that are still heard of when a renderer was killed. Where all are, it had no tab, and the next is killed."""
    left = set(SITES)
    for pid in sorted(renderers(processes), key=lambda pid: -processes[pid][1]):
        os.kill(pid, signal.SIGKILL)
        time.sleep(SILENT_S)
        left = alive(time.monotonic() - SILENT_S + 1)
        if len(left) < len(SITES):
            break
    return left


def main():
    children.begin()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    urls = [f"http://{site}:{server.server_port}/" for site in SITES]

    begin = time.monotonic()
    with browser("tabs", ISOLATED, urls[0]) as (pid, open_tab):
        for url in urls[1:]:
            open_tab(url)
        wait_for_pages(begin)
        tabs = tree(pid)
        left = left_after_a_crash(tabs)
    frames = {}
    for name, options in ("isolated", ISOLATED), ("together", NOT_ISOLATED):
        begin = time.monotonic()
        with browser(name, options, urls[0] + "frames") as (pid, _):
            wait_for_pages(begin)
            frames[name] = tree(pid)

    network = [command for command, _ in tabs.values() if "network.mojom.NetworkService" in command]
    isolated, together = frames["isolated"], frames["together"]
    children.report({
        "processes": len(tabs), "renderers": len(renderers(tabs)), "network_processes": len(network), "pss_mib": mib(tabs),
        "tabs_left_after_a_crash": len(left),
        "renderers_of_one_tab": len(renderers(isolated)), "renderers_of_one_tab_without_isolation": len(renderers(together)),
        "isolation_over_none": mib(isolated) / mib(together)}, [
            f"Four tabs of four sites: {len(tabs)} processes, of which {len(renderers(tabs))} are renderers and {len(network)} "
            f"is for the network, with {mib(tabs):.0f} MiB.",
            f"When a renderer was killed, {len(left)} of the four pages went on.",
            f"One tab with frames of four sites: {mib(isolated):.0f} MiB and {len(renderers(isolated))} renderers with site "
            f"isolation, {mib(together):.0f} MiB and {len(renderers(together))} without."], len(tabs))


main()
