"""Drives an interactive bash on a terminal, as a person would, and prints what the terminal showed.

Usage: terminal.py SCENARIO LEASH. LEASH may be `env` to see how it goes without leash.
"""
import fcntl, os, pty, select, signal, struct, sys, termios, time

SCENARIO, LEASH = sys.argv[1:3]
RUN = f"{LEASH} --quiet --" if LEASH != "env" else "env"
PROMPT = "READY> "
shown = b""
seen = 0


def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def until(text, seconds=20):
    """Reads until the text appears after the last text that was waited for."""
    global shown, seen
    end = time.time() + seconds
    while (found := shown.find(text.encode(), seen)) < 0:
        if time.time() > end:
            print(shown.decode(errors="replace"))
            sys.exit(f"timed out waiting for {text!r}")
        if select.select([terminal], [], [], 0.05)[0]:
            shown += os.read(terminal, 65536)
    seen = found + len(text)


def send(text):
    os.write(terminal, text.encode())


def settle():
    """Some time for the foreground program to come to rest in a read."""
    time.sleep(0.3)


def run(script):
    send(f"{RUN} sh -c '{script}'; echo \"[code\" \"$?]\"\n")


def modes():
    send("stty -a | grep -ow -e '-*icanon' -e '-*echo'; echo mod\"es\"\n")
    until("modes")
    until(PROMPT)


pid, terminal = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "--norc", "--noprofile"])
resize(31, 101)
send("bind 'set enable-bracketed-paste off'; PS1='READ''Y> '\n")
until(PROMPT)

if SCENARIO == "streams":
    run("tty; stty size; for n in 0 1 2; do test -t $n && echo terminal $n; done")
    until("[code")
    until(PROMPT)
    send(f"{RUN} sh -c 'test -t 0 && echo in; test -t 1 || echo pip\"\"ed; test -t 2 && echo err >&2' | cat\n")
    until("piped")
    until(PROMPT)
    modes()
elif SCENARIO == "interrupt":
    run("echo start\"\"ed; exec sleep 100")
    until("started")
    settle()
    send("\x03")
    until("[code")
    until(PROMPT)
    modes()
elif SCENARIO == "stop":
    run("echo start\"\"ed; read line; echo got $line")
    until("started")
    settle()
    send("\x1a")
    until("Stopped")
    until(PROMPT)
    modes()
    send("fg\n")
    settle()
    send("words\n")
    until("got words")
    until(PROMPT)
    modes()
elif SCENARIO == "resize":
    send(f"{RUN} bash -c 'trap \"stty size\" WINCH; echo start\"\"ed; for i in $(seq 30); do sleep 0.1; done; echo end\"\"ed'\n")
    until("started")
    settle()
    resize(44, 111)
    until("44 111")
    until("ended")
    until(PROMPT)
elif SCENARIO == "pipeline":
    send(f"{RUN} sh -c 'read line; echo got $line' | cat\n")
    time.sleep(2)
    send("words\n")
    until("got words")
    until(PROMPT)
    modes()
elif SCENARIO == "shell":
    send(f"{RUN} bash --norc --noprofile -i\n")
    time.sleep(2)
    send("bind 'set enable-bracketed-paste off'; PS1='INN''ER> '\n")
    until("INNER> ")
    send("sleep 100\n")
    settle()
    send("\x1a")
    until("Stopped")
    until("INNER> ")
    send("fg\n")
    settle()
    send("\x03")
    until("INNER> ")
    send("exit 5\n")
    until(PROMPT)
    send("echo \"[code\" \"$?]\"\n")
    until("[code")
    until(PROMPT)
    modes()
elif SCENARIO == "raw":
    run("stty raw -echo; echo rea\"\"dy; head -c 6 | od -An -tx1; stty sane")
    until("ready")
    settle()
    os.write(terminal, b"\x03\x1a\x1c\xff\x00\r")
    until("03 1a 1c ff 00 0d")
    until("[code")
    until(PROMPT)
    modes()
print(shown.decode(errors="replace"))
sys.stdout.flush()

# The shell writes its history at its end: nobody may remove its home before.
send("exit\n")
signal.alarm(20)
try:
    while os.read(terminal, 65536):
        pass
except OSError:
    pass
os.waitpid(pid, 0)
