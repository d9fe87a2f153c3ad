# Found by PYTHONPATH: writes down each name that is looked up and each address that is connected to.
import os, sys


def note(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        write("lookup %s" % args[0])
    if event == "socket.connect":
        write("connect %s" % (args[1][0] if isinstance(args[1], tuple) else args[1]))


def write(line):
    file = os.open(os.environ["CANARY_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, (line + "\n").encode())
    os.close(file)


sys.addaudithook(note)
