/* Deletes a subvolume of btrfs as a program of 32 bits would: by int 0x80, from a program of 64.
 *
 *     old_ioctl FOLDER NAME
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
    (void)argc;
    /* struct btrfs_ioctl_vol_args, where 32 bits can point to. */
    char *args = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    strcpy(args + 8, argv[2]);
    long folder = open(argv[1], O_RDONLY | O_DIRECTORY), done;
    __asm__ volatile("int $0x80" : "=a"(done) : "0"(54L), "b"(folder), "c"(0x5000940fL), "d"(args) : "memory", "r8", "r9", "r10", "r11");
    printf("%ld\n", done);
    return done != 0;
}
