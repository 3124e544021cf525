// A reader of very many WebSockets, so that benches measure the server and not their own client.
//
//     wsload PORT PATH PLAN IN_FLIGHT HELLO READY
//
// PLAN has one line for each socket: its subprotocols (or "-"), a tab, and the text that it says once it is in (or
// nothing). At most IN_FLIGHT sockets are being opened at a time. HELLO is 1 where the server speaks first; a socket
// counts as open when READY frames have said `"t":"joined"`.
//
// Orders come by stdin, a line each; each is answered by one line of JSON:
//     open N            opens the next N sockets of the plan
//     shut              ends all of them at once, as a network does, and begins the plan anew
//     say I TEXT        says something on socket I
//     await N SECONDS   reads until N marked frames have come since the last answer, or the time is over
//     every MS TEXT     from now on, and in each `run`: says this on one socket after the other; %T becomes the time
//     gather MICROS     from now on, in each `run`: reads what has come, and then rests for so long
//     run SECONDS       reads and says for that long
//     pace              how many marked frames came in each hundredth of a second since the last such order
//     latency           the times from a frame's `@nanoseconds^` to here since the last such order
//
// A frame is marked by a `^` in its payload, once. Frames are taken apart by their headers, never guessed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, PER_ADDRESS = 20000, EVENTS = 1024, MOST_EVERY = 8, MOST_TEXT = 8192, PACES = 60000 };

typedef enum { NEW, SHAKING, GREETING, JOINING, OPEN, GONE } Stage;

typedef struct {
    int fd;
    Stage stage;
    int joined;
    char *protocols, *text;  // from the plan
    unsigned char *rest;     // the beginning of a frame whose end has not come yet
    size_t rest_length;
} Socket;

typedef struct { double seconds, due; char text[MOST_TEXT]; } Every;

static struct sockaddr_in server;
static const char *path;
static int port, in_flight, ready, poller;
static bool hello;
static Socket *sockets;
static int planned, opened, opening, open_now;
static long long marked, frames, bytes, errors, closed;
static Every every[MOST_EVERY];
static int everies, speaker, gather;
static uint32_t *times;  // microseconds
static size_t times_count, times_room;
static double pace_began;
static uint32_t pace[PACES];
static unsigned char buffer[READ_BYTES];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static double cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

// Saying

static void put(Socket *s, const void *data, size_t length) {
    // A socket that cannot take a short text at once has a server that does not read.
    if (write(s->fd, data, length) != (ssize_t)length) errors++;
}

static void say(Socket *s, int opcode, const char *text, size_t length) {
    unsigned char frame[MOST_TEXT + 16];
    size_t at = 0;
    frame[at++] = 0x80 | opcode;
    if (length < 126) {
        frame[at++] = 0x80 | length;
    } else {
        frame[at++] = 0x80 | 126;
        frame[at++] = length >> 8;
        frame[at++] = length & 255;
    }
    memset(frame + at, 0, 4);  // masked, as a client must, with a mask that changes nothing
    at += 4;
    memcpy(frame + at, text, length);
    put(s, frame, at + length);
}

static void say_with_time(Socket *s, const char *text) {
    char said[MOST_TEXT + 32];
    const char *mark = strstr(text, "%T");
    if (mark == NULL) {
        say(s, 1, text, strlen(text));
        return;
    }
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int length = snprintf(said, sizeof said, "%.*s@%lld^%s", (int)(mark - text), text,
                          (long long)t.tv_sec * 1000000000LL + t.tv_nsec, mark + 2);
    say(s, 1, said, length);
}

// Opening

static void begin(Socket *s, int number) {
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (s->fd < 0) fail("socket");
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + number / PER_ADDRESS);
    int one = 1;
    setsockopt(s->fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, sizeof one);
    if (bind(s->fd, (void *)&from, sizeof from) || connect(s->fd, (void *)&server, sizeof server)) fail("connect");
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &event)) fail("epoll_ctl");
    // The headers of a browser, in its order and of its length.
    char request[MOST_TEXT], protocols[MOST_TEXT] = "";
    if (strcmp(s->protocols, "-"))
        snprintf(protocols, sizeof protocols, "Sec-WebSocket-Protocol: %s\r\n", s->protocols);
    int length = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nPragma: no-cache\r\n"
        "Cache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36\r\nUpgrade: websocket\r\nOrigin: http://127.0.0.1:%d\r\n"
        "Sec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\n"
        "Cookie: sessionid=abcdefghijklmnopqrstuvwxyz012345; csrftoken=abcdefghijklmnopqrstuvwxyz012345\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
        path, port, port, protocols);
    s->stage = SHAKING;
    s->joined = 0;
    opening++;
    put(s, request, length);
}

static void is_open(Socket *s) {
    s->stage = OPEN;
    opening--;
    open_now++;
}

static void greeted(Socket *s) {
    if (*s->text) say(s, 1, s->text, strlen(s->text));
    s->stage = JOINING;
    if (ready == 0) is_open(s);
}

static void gone(Socket *s) {
    if (s->stage == OPEN) open_now--;
    else if (s->stage != GONE) opening--;
    s->stage = GONE;
    closed++;
    close(s->fd);
}

// Hearing

static void timed(const unsigned char *payload, const unsigned char *mark, double at) {
    const unsigned char *digit = mark;
    while (digit > payload && digit[-1] >= '0' && digit[-1] <= '9') digit--;
    if (digit == mark || digit == payload || digit[-1] != '@') return;
    double took = at - strtoll((const char *)digit, NULL, 10) * 1e-9;
    if (times_count == times_room) {
        times_room = times_room ? times_room * 2 : 1 << 20;
        times = realloc(times, times_room * sizeof *times);
        if (times == NULL) fail("realloc");
    }
    times[times_count++] = took > 0 ? (uint32_t)(took * 1e6) : 0;
}

static bool begins(const unsigned char *payload, size_t length, const char *words) {
    return length >= strlen(words) && !memcmp(payload, words, strlen(words));
}

static void heard(Socket *s, int opcode, const unsigned char *payload, size_t length, double at) {
    frames++;
    if (opcode == 9) {
        say(s, 10, (const char *)payload, length);
        return;
    }
    if (opcode == 8) {
        if (closed + errors == 0)
            fprintf(stderr, "closed: %d\n", length >= 2 ? payload[0] << 8 | payload[1] : 0);
        return;  // the end of the stream follows
    }
    if (s->stage == GREETING) greeted(s);
    if (begins(payload, length, "{\"t\":\"joined\"")) {
        s->joined++;
        if (s->stage == JOINING && s->joined == ready) is_open(s);
    } else if (begins(payload, length, "{\"t\":\"error\"")) {
        if (errors++ < 3) fprintf(stderr, "%.*s\n", (int)length, payload);
    }
    const unsigned char *mark = memchr(payload, '^', length);
    if (mark != NULL) {
        marked++;
        double since = (at - pace_began) * 100;
        if (since >= 0 && since < PACES) pace[(size_t)since]++;
        timed(payload, mark, at);
    }
}

// Takes whole frames off the front; how many bytes they were.
static size_t take(Socket *s, const unsigned char *data, size_t length, double at) {
    size_t done = 0;
    if (s->stage == SHAKING) {
        const unsigned char *end = memmem(data, length, "\r\n\r\n", 4);
        if (end == NULL) return 0;
        if (memcmp(data, "HTTP/1.1 101", 12)) {
            fprintf(stderr, "refused: %.*s\n", (int)(end - data), data);
            errors++;
            return length;
        }
        done = end + 4 - data;
        s->stage = GREETING;
        if (!hello) greeted(s);
    }
    while (length - done >= 2) {
        size_t size = data[done + 1] & 0x7f, head = 2;
        if (size == 126) head = 4;
        if (size == 127) head = 10;
        if (length - done < head) break;
        if (head > 2) {
            size = 0;
            for (size_t i = 2; i < head; i++) size = size << 8 | data[done + i];
        }
        if (length - done < head + size) break;
        heard(s, data[done] & 15, data + done + head, size, at);
        done += head + size;
    }
    return done;
}

static void hear(Socket *s) {
    for (;;) {
        memcpy(buffer, s->rest, s->rest_length);
        size_t room = sizeof buffer - s->rest_length;
        ssize_t got = read(s->fd, buffer + s->rest_length, room);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) {
            gone(s);
            return;
        }
        bytes += got;
        size_t length = s->rest_length + got, done = take(s, buffer, length, now());
        if (length - done != s->rest_length || s->rest_length) {
            s->rest = realloc(s->rest, length - done + 1);
            if (s->rest == NULL) fail("realloc");
            memcpy(s->rest, buffer + done, length - done);
            s->rest_length = length - done;
        }
        if ((size_t)got < room) return;
    }
}

static void turn(int wait_ms) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, wait_ms);
    for (int i = 0; i < count; i++) {
        Socket *s = events[i].data.ptr;
        if (s->stage != GONE) hear(s);
    }
}

static void speak(double at) {
    for (int i = 0; i < everies; i++) {
        Every *e = &every[i];
        if (e->due == 0) e->due = at + e->seconds * i / everies;
        while (e->due <= at) {
            // A stride that visits all of them, far apart.
            speaker = (speaker + 7919) % opened;
            if (sockets[speaker].stage == OPEN) say_with_time(&sockets[speaker], e->text);
            e->due += e->seconds;
        }
    }
}

// Orders

static void answer(double began, double cpu_began) {
    printf("{\"open\":%d,\"marked\":%lld,\"frames\":%lld,\"bytes\":%lld,\"errors\":%lld,\"closed\":%lld,"
           "\"seconds\":%.6f,\"cpu\":%.6f}\n",
           open_now, marked, frames, bytes, errors, closed, now() - began, cpu() - cpu_began);
    fflush(stdout);
    marked = frames = bytes = errors = closed = 0;
}

static int ascending(const void *a, const void *b) {
    return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

static void tell_latency(void) {
    qsort(times, times_count, sizeof *times, ascending);
    double share[] = {0.5, 0.99, 0.999};
    double found[3] = {0};
    for (int i = 0; i < 3 && times_count; i++) found[i] = times[(size_t)(share[i] * (times_count - 1))] / 1000.0;
    printf("{\"count\":%zu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"p999_ms\":%.2f,\"most_ms\":%.2f}\n", times_count, found[0],
           found[1], found[2], times_count ? times[times_count - 1] / 1000.0 : 0.0);
    fflush(stdout);
    times_count = 0;
}

static void tell_pace(void) {
    size_t last = 0;
    for (size_t i = 0; i < PACES; i++) if (pace[i]) last = i + 1;
    printf("{\"began\":%.6f,\"counts\":[", pace_began);
    for (size_t i = 0; i < last; i++) printf(i ? ",%u" : "%u", pace[i]);
    printf("]}\n");
    fflush(stdout);
    memset(pace, 0, sizeof pace);
    pace_began = now();
}

static void open_more(int count) {
    int until = opened + count;
    if (until > planned) until = planned;
    double end = now() + 300;
    while ((opened < until || opening > 0) && now() < end) {
        while (opened < until && opening < in_flight) {
            begin(&sockets[opened], opened);
            opened++;
        }
        turn(50);
    }
}

static void shut_all(void) {
    for (int i = 0; i < opened; i++) {
        Socket *s = &sockets[i];
        if (s->stage != GONE) close(s->fd);
        free(s->rest);
        s->rest = NULL;
        s->rest_length = 0;
        s->stage = NEW;
    }
    opened = opening = open_now = speaker = 0;
}

static void read_plan(const char *name) {
    FILE *file = fopen(name, "r");
    if (file == NULL) fail(name);
    char *line = NULL;
    size_t room = 0, capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0) {
        if (line[length - 1] == '\n') line[length - 1] = 0;
        if (planned == (int)capacity) {
            capacity = capacity ? capacity * 2 : 1024;
            sockets = realloc(sockets, capacity * sizeof *sockets);
            if (sockets == NULL) fail("realloc");
        }
        char *tab = strchr(line, '\t');
        if (tab) *tab = 0;
        sockets[planned++] = (Socket){.protocols = strdup(line), .text = strdup(tab ? tab + 1 : "")};
    }
    free(line);
    fclose(file);
}

int main(int count, char **words) {
    if (count != 7) {
        fprintf(stderr, "wsload PORT PATH PLAN IN_FLIGHT HELLO READY\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);  // a server that has gone is an error to count, not our end
    port = atoi(words[1]), path = words[2], in_flight = atoi(words[4]), hello = atoi(words[5]), ready = atoi(words[6]);
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    poller = epoll_create1(0);
    read_plan(words[3]);
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, stdin)) > 0) {
        if (line[length - 1] == '\n') line[length - 1] = 0;
        double began = now(), cpu_began = cpu(), seconds;
        long long wanted;
        int number, text_at = 0;
        if (sscanf(line, "open %d", &number) == 1) {
            open_more(number);
        } else if (!strcmp(line, "shut")) {
            shut_all();
        } else if (sscanf(line, "say %d %n", &number, &text_at) == 1 && number < opened) {
            say_with_time(&sockets[number], line + text_at);
        } else if (sscanf(line, "await %lld %lf", &wanted, &seconds) == 2) {
            while (marked < wanted && now() < began + seconds) turn(50);
        } else if (sscanf(line, "every %lf %n", &seconds, &text_at) == 1 && everies < MOST_EVERY) {
            every[everies].seconds = seconds / 1000;
            snprintf(every[everies++].text, MOST_TEXT, "%s", line + text_at);
        } else if (sscanf(line, "gather %d", &gather) == 1) {
            // Nothing is read meanwhile, and nothing is timed: what waits only seems slower by it.
        } else if (sscanf(line, "run %lf", &seconds) == 1) {
            for (int i = 0; i < everies; i++) every[i].due = 0;
            while (now() < began + seconds) {
                speak(now());
                turn(2);
                if (gather) usleep(gather);
            }
            speak(began + seconds);  // what fell due during the last turn
        } else if (!strcmp(line, "pace")) {
            tell_pace();
            continue;
        } else if (!strcmp(line, "latency")) {
            tell_latency();
            continue;
        } else {
            fprintf(stderr, "not understood: %s\n", line);
            return 2;
        }
        answer(began, cpu_began);
    }
    return 0;
}
