"""Apache with one of its MPMs, in a folder of its own, with one small page."""
import pathlib

import children

CONFIGURATION = """ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/httpd.pid"
CoreDumpDirectory "{folder}"
Mutex file:{folder} default
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
ErrorLog /dev/stderr
LogLevel warn
LoadModule mpm_{mpm}_module /usr/lib/apache2/modules/mod_mpm_{mpm}.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
DocumentRoot "{folder}/docs"
KeepAlive On
{more}"""
REQUEST = b"GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
PAGE = b"Hello, World!"


def server(mpm, more):
    """Its port, and the server, to be run once for each `with`. `more` is what the configuration says besides."""
    folder = pathlib.Path.cwd() / mpm
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "docs" / "hello.txt").write_bytes(PAGE)
    port = children.free_port()
    (folder / "httpd.conf").write_text(CONFIGURATION.format(folder=folder, port=port, mpm=mpm, more=more))
    command = ["apache2", "-d", str(folder), "-f", str(folder / "httpd.conf"), "-DFOREGROUND"]
    ready = REQUEST.replace(b"Host", b"Connection: close\r\nHost")
    return port, children.running(command, lambda: children.answers(("127.0.0.1", port), ready, PAGE))
