/* Removes (`unlink FILE`), moves (`rename FROM TO`) or opens for cutting (`cut FILE`) by io_uring, past
 * the system calls that a filter could see. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct io_uring_params p;
	memset(&p, 0, sizeof p);
	int ring = syscall(SYS_io_uring_setup, 2, &p);
	if (ring < 0 || argc < 3)
		return 2;
	size_t size = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	size_t cq = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	char *sq = mmap(0, size > cq ? size : cq, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
			IORING_OFF_SQ_RING);
	struct io_uring_sqe *sqe = mmap(0, p.sq_entries * sizeof *sqe, PROT_READ | PROT_WRITE,
					MAP_SHARED, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || (void *)sqe == MAP_FAILED)
		return 2;
	memset(sqe, 0, sizeof *sqe);
	sqe->fd = AT_FDCWD;
	sqe->addr = (unsigned long)argv[2];
	if (!strcmp(argv[1], "unlink")) {
		sqe->opcode = IORING_OP_UNLINKAT;
	} else if (!strcmp(argv[1], "rename") && argc > 3) {
		sqe->opcode = IORING_OP_RENAMEAT;
		sqe->len = AT_FDCWD;
		sqe->addr2 = (unsigned long)argv[3];
	} else {
		sqe->opcode = IORING_OP_OPENAT;
		sqe->open_flags = O_WRONLY | O_TRUNC;
	}
	unsigned *tail = (unsigned *)(sq + p.sq_off.tail);
	unsigned mask = *(unsigned *)(sq + p.sq_off.ring_mask);
	((unsigned *)(sq + p.sq_off.array))[*tail & mask] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) < 0)
		return 2;
	return 0;
}
