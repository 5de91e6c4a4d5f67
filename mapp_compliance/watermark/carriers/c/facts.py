"""What a C file says about its names: which are macros, and which calls are certainly functions.

A macro may paste or print its arguments, and may expand to an expression without brackets. So
nothing inside the arguments of a call varies unless the callee is a function of this file, of the
standard library or is reached through a structure; and a name in capital letters is no operand
that an operator is put before.

>>> facts = Facts.of(b"#define twice(x) x + x\\nint plain(int a) {}\\n", {b"plain"})
>>> facts.is_function(b"plain"), facts.is_function(b"twice"), facts.is_macro(b"MAX")
(True, False, True)
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

_DEFINE = re.compile(
    rb"(?m)^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)\n]*\))?[ \t]*((?:\\\r?\n|[^\n])*)"
)
_CAPITALS = re.compile(rb"_*[A-Z][A-Z0-9_]*\Z")
_ONE_TOKEN = re.compile(
    rb"\s*(?:-?[\w.]+|\(.*\)|'(?:\\.|[^'])+'|\"[^\"]*\")?\s*(?:/\*.*|//.*)?\Z", re.DOTALL
)
LIBRARY = frozenset(
    b"abort abs accept access atof atoi atol bind bsearch calloc ceil chdir chmod chown "
    b"clock close closedir connect creat dup dup2 execl execlp execv execve execvp exit exp "
    b"fclose fcntl fdopen feof ferror fflush fgetc fgets fileno floor fopen fork fprintf "
    b"fputc fputs fread free freopen fscanf fseek fstat ftell ftruncate fwrite getcwd getenv "
    b"getopt getpid gettimeofday ioctl isatty kill listen log longjmp lseek lstat malloc "
    b"memchr memcmp memcpy memmove memset mkdir mkstemp mktime mmap munmap nanosleep open "
    b"opendir perror pipe poll pow printf putenv puts qsort raise rand read readdir readlink "
    b"realloc recv recvfrom remove rename rewind rmdir scanf select send sendto setenv "
    b"setlocale setsockopt shutdown signal sleep snprintf socket sprintf sqrt srand sscanf "
    b"stat strcasecmp strcat strchr strcmp strcpy strcspn strdup strerror strftime strlen "
    b"strncasecmp strncat strncmp strncpy strndup strpbrk strrchr strspn strstr strtod "
    b"strtok strtol strtoul symlink sysconf system time tmpfile toupper tolower umask unlink "
    b"usleep vfprintf vprintf vsnprintf vsprintf waitpid write ".split()
)


@dataclass(frozen=True, slots=True)
class Facts:
    """The names of one file.

    Attributes:
        macros: every name that the file defines for the preprocessor.
        unsafe: those of them whose text is more than one token without brackets.
        functions: names that the file defines or declares as functions.
    """

    macros: frozenset[bytes]
    unsafe: frozenset[bytes]
    functions: frozenset[bytes]

    @classmethod
    def of(cls, data: bytes, functions: Collection[bytes]) -> "Facts":
        """The facts of a file whose functions are known."""
        defined = _DEFINE.findall(data)
        return cls(
            frozenset(name for name, _, _ in defined),
            frozenset(name for name, _, body in defined if not _ONE_TOKEN.match(body)),
            frozenset(functions),
        )

    def is_function(self, name: bytes) -> bool:
        """True when a call of that name is certainly the call of a function."""
        return name not in self.macros and (name in self.functions or name in LIBRARY)

    def is_macro(self, name: bytes) -> bool:
        """True when a name may be a macro of several tokens."""
        return name in self.macros or bool(_CAPITALS.match(name))

    def is_constant(self, name: bytes) -> bool:
        """True for a name in capital letters whose text, where it is known, is one token."""
        return bool(_CAPITALS.match(name)) and name not in self.unsafe
