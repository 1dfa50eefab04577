// SPDX-License-Identifier: GPL-2.0
/*
 * pump LISTEN_NS CONNECT_NS ADDRESS PORT OCTETS up|down - TCP between two network namespaces, counted in the
 * guest's nanoseconds, which with icount are executed instructions.
 *
 * Moves OCTETS from the connecting side to the listening one (up) or back (down), after some that open the
 * windows and are not counted. ADDRESS picks the family of the connecting side; the listening one takes both.
 * Prints: octets ns mss retransmissions.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP (16LL << 20)

static char buf[256 << 10];

static void die(const char *what)
{
	fprintf(stderr, "pump: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *ns)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void limit(int fd)
{
	const struct timeval tv = { .tv_sec = 60 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

static int listen_on(uint16_t port)
{
	const struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), off = 0, on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (const struct sockaddr *)&any, sizeof(any)) || listen(fd, 1))
		die("listen");
	return fd;
}

static int connect_to(const char *address, uint16_t port)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in to4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd, err;

	if (inet_pton(AF_INET, address, &to4.sin_addr) == 1) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		limit(fd);
		err = connect(fd, (const struct sockaddr *)&to4, sizeof(to4));
	} else if (inet_pton(AF_INET6, address, &to6.sin6_addr) == 1) {
		fd = socket(AF_INET6, SOCK_STREAM, 0);
		limit(fd);
		err = connect(fd, (const struct sockaddr *)&to6, sizeof(to6));
	} else {
		errno = EINVAL;
		die(address);
	}
	if (err)
		die(address);
	return fd;
}

static void pour(int fd, long long octets)
{
	while (octets > 0) {
		size_t n = octets < (long long)sizeof(buf) ? (size_t)octets : sizeof(buf);
		ssize_t done = send(fd, buf, n, MSG_NOSIGNAL);

		if (done <= 0)
			die("send");
		octets -= done;
	}
}

static void drain(int fd, long long octets)
{
	while (octets > 0) {
		size_t n = octets < (long long)sizeof(buf) ? (size_t)octets : sizeof(buf);
		ssize_t done = recv(fd, buf, n, 0);

		if (done <= 0)
			die("receive");
		octets -= done;
	}
}

/* The listening side: says when all has come. */
static int serve(int listener, long long octets, int up)
{
	int fd = accept(listener, NULL, NULL);
	char c = 0;

	if (fd < 0)
		die("accept");
	limit(fd);
	if (!up) {
		pour(fd, WARM_UP + octets);
		return recv(fd, &c, 1, 0) == 1 ? 0 : 1;
	}
	drain(fd, WARM_UP);
	pour(fd, 1);
	drain(fd, octets);
	pour(fd, 1);
	return recv(fd, &c, 1, 0) != 0;
}

int main(int argc, char **argv)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	int listener, fd, up, status = 1;
	long long octets;
	uint64_t start;
	uint16_t port;
	pid_t child;

	if (argc != 7) {
		fprintf(stderr, "usage: pump LISTEN_NS CONNECT_NS ADDRESS PORT OCTETS up|down\n");
		return 2;
	}
	port = (uint16_t)atoi(argv[4]);
	octets = atoll(argv[5]);
	up = !strcmp(argv[6], "up");
	enter(argv[1]);
	listener = listen_on(port);
	child = fork();
	if (child < 0)
		die("fork");
	if (!child)
		return serve(listener, octets, up);
	close(listener);
	enter(argv[2]);
	fd = connect_to(argv[3], port);
	if (up) {
		pour(fd, WARM_UP);
		drain(fd, 1);
		start = now();
		pour(fd, octets);
		drain(fd, 1);
	} else {
		drain(fd, WARM_UP);
		start = now();
		drain(fd, octets);
	}
	start = now() - start;
	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len);
	if (!up)
		pour(fd, 1);
	close(fd);
	waitpid(child, &status, 0);
	printf("%lld %llu %u %u\n", octets, (unsigned long long)start, info.tcpi_snd_mss, info.tcpi_total_retrans);
	return status != 0;
}
