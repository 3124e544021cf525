// The floor: a WebSocket server that can do nothing but write one prebuilt frame to every socket.
//
//     floor PORT FRAME_FILE
//
// Each message from any client makes it write the frame once to each of them: one write(2) a delivered message.
#define _GNU_SOURCE
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

enum { MOST = 100000, EVENTS = 512 };

// The answer to the one key that the load sends.
static const char accepted[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static int clients[MOST], count;
static char frame[1 << 16], buffer[1 << 16];

int main(int words, char **word) {
    if (words != 3) return 2;
    FILE *file = fopen(word[2], "r");
    if (file == NULL) return 1;
    size_t length = fread(frame, 1, sizeof frame, file);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), poller = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(word[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) return 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                fd = accept(listener, NULL, NULL);
                if (fd < 0) continue;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                event.data.fd = fd;
                epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
                continue;
            }
            ssize_t got = read(fd, buffer, sizeof buffer);
            if (got <= 0) {
                close(fd);
            } else if (buffer[0] == 'G') {
                if (write(fd, accepted, sizeof accepted - 1) > 0 && count < MOST) clients[count++] = fd;
            } else {
                for (int j = 0; j < count; j++)
                    if (write(clients[j], frame, length) < 0) clients[j--] = clients[--count];
            }
        }
    }
}
