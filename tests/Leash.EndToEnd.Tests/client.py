"""Does what it is told, line by line: JSON in, JSON out."""
import errno, http.client, json, os, socket, ssl, sys

PATIENCE = 60
opened = {}


def wrap(sock, order):
    if "sni" not in order:
        return sock
    context = ssl.create_default_context()
    context.check_hostname = False  # the tests name another host than the one that they reach
    if order.get("alpn"):
        context.set_alpn_protocols([order["alpn"]])
    return context.wrap_socket(sock, server_hostname=order["sni"])


def connect(order):
    if "device" not in order:
        return wrap(socket.create_connection(order["to"], timeout=PATIENCE), order)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, order["device"].encode())
    sock.settimeout(PATIENCE)
    sock.connect(tuple(order["to"]))
    return wrap(sock, order)


def exchange(sock, order):
    sock.sendall(order["data"].encode("latin-1"))
    return read_all(sock)


def read_all(sock):
    text = b""
    try:
        while len(text) < 65536 and (part := sock.recv(4096)):
            text += part
    except (ConnectionError, ssl.SSLError, BrokenPipeError):
        pass
    return text.decode("latin-1")


def raw(order):
    """Everything that comes back for these bytes, until the end."""
    with connect(order) as sock:
        if "tunnel" in order:
            sock.sendall(order["tunnel"].encode("latin-1"))
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                part = sock.recv(1)
                if not part:
                    return answer.decode("latin-1")
                answer += part
            if b" 200" not in answer.split(b"\r\n")[0]:
                return answer.decode("latin-1") + read_all(sock)
            inner = wrap(sock, {"sni": order["inner"]}) if order.get("inner") else sock
            return exchange(inner, order)
        return exchange(sock, order)


def get(order):
    """One request by an ordinary client, on a connection that stays open under a name if one is given."""
    key = order.get("keep")
    connection = opened.get(key) if key else None
    if connection is None:
        kind = http.client.HTTPSConnection if order["scheme"] == "https" else http.client.HTTPConnection
        connection = kind(*order["to"], timeout=PATIENCE)
        if key:
            opened[key] = connection
    connection.request(order.get("method", "GET"), order["path"], headers=order.get("headers", {}))
    answer = connection.getresponse()
    return [answer.status, answer.getheader("Content-Type") or "", answer.read().decode()]


def begin(order):
    """Opens a connection, sends, and reads until a text has come."""
    opened[order["keep"]] = connect(order)
    return say(order)


def say(order):
    """Sends on what is open, and reads until a text has come."""
    sock, text = opened[order["keep"]], b""
    sock.sendall(order["data"].encode("latin-1"))
    while order["until"].encode("latin-1") not in text:
        part = sock.recv(4096)
        if not part:
            raise EOFError(text.decode("latin-1"))
        text += part
    return text.decode("latin-1")


def end(order):
    """Waits for the other side to close."""
    read_all(opened[order["keep"]])
    return "closed"


def fastopen(order):
    with socket.socket() as sock:
        sock.sendto(order["data"].encode("latin-1"), 0x20000000, tuple(order["to"]))  # MSG_FASTOPEN
        sock.settimeout(PATIENCE)
        return read_all(sock)


def reconnect(order):
    """One socket, connected, disconnected and connected elsewhere."""
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    with socket.socket() as sock:
        sock.settimeout(PATIENCE)
        sock.connect(tuple(order["first"]))
        if libc.connect(sock.fileno(), bytes(16), 16) != 0:
            raise OSError(ctypes.get_errno(), "disconnect")
        sock.connect(tuple(order["to"]))
        return exchange(sock, order)


def udp(order):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(order["data"].encode("latin-1"), tuple(order["to"]))
        return "sent"


def find(order):
    """Files in which a text stands, of those that can be read."""
    found = []
    for root in order["roots"]:
        for directory, _, names in os.walk(root):
            for name in names:
                try:
                    with open(os.path.join(directory, name), "rb") as file:
                        if order["text"].encode() in file.read(1 << 20):
                            found.append(os.path.join(directory, name))
                except OSError:
                    pass
    return found


def environments(order):
    """Those of all processes that can be seen, as far as they can be read."""
    texts = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/environ", "rb") as file:
                texts.append(file.read().decode("latin-1"))
        except OSError:
            pass
    return texts


def read(order):
    with open(order["path"], "rb") as file:
        return file.read().decode("latin-1")


orders = {f.__name__: f for f in (raw, get, begin, say, end, fastopen, reconnect, udp, find, environments, read)}
print(json.dumps(os.environ["LEASH_SESSION"]), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = orders[order["do"]](order)
    except OSError as e:
        answer = "error " + (errno.errorcode.get(e.errno, "") if not isinstance(e, (ssl.SSLError, socket.gaierror)) else type(e).__name__)
    except (EOFError, http.client.HTTPException) as e:
        answer = "error " + type(e).__name__
    print(json.dumps(answer), flush=True)
