/* What a guard cannot do without: the system calls that list what lies beside some places, open each entry, add
 * its rule, restrict this process, and start a command. Nothing is looked at but names, and nothing is checked.
 * For comparison with `safe-rm guard`: see benches/guard.py, which builds it.
 *
 *     bare_guard PLACE.. -- COMMAND ARG..
 *
 * The places are absolute and without links. With COUNT in the environment it tells how many rules there were.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Headers may be older than the kernel: of version 6 (landlock(7)). */
struct attributes {
    uint64_t fs, net, scoped;
};

enum {
    ON_FOLDERS = LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER | 1 << 14,
    ON_FILES = 1 << 14,
    SCOPES = 1 << 0 | 1 << 1,
};

struct entry {
    uint64_t inode;
    int64_t next;
    unsigned short length;
    unsigned char kind;
    char name[];
};

static char **places;
static int count, ruleset;
static long rules;

/* Whether this entry of a folder is on the way down to a place, or is one. */
static int is_held(const char *folder, size_t length, const char *name)
{
    size_t named = strlen(name);
    for (int i = 0; i < count; i++) {
        const char *at = places[i];
        if (strncmp(at, folder, length) || at[length] != '/' || strncmp(at + length + 1, name, named))
            continue;
        char end = at[length + 1 + named];
        if (end == '/' || end == 0)
            return 1;
    }
    return 0;
}

/* Grants what lies in a folder, "" for the root, beside the ways down. */
static void list(const char *folder, size_t length)
{
    static char buffer[1 << 18];
    int open = openat(AT_FDCWD, length ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (open < 0)
        return;
    for (long got; (got = syscall(SYS_getdents64, open, buffer, sizeof buffer)) > 0;)
        for (long at = 0; at < got; at += ((struct entry *)(buffer + at))->length) {
            struct entry *entry = (struct entry *)(buffer + at);
            int is_folder = entry->kind == DT_DIR;
            if ((!is_folder && entry->kind != DT_REG) || !strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
                continue;
            if (is_held(folder, length, entry->name))
                continue;
            struct landlock_path_beneath_attr rule = { .allowed_access = is_folder ? ON_FOLDERS : ON_FILES };
            rule.parent_fd = openat(open, entry->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
            if (rule.parent_fd < 0)
                continue;
            if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
                err(1, "%s/%s", folder, entry->name);
            close(rule.parent_fd);
            rules++;
        }
    close(open);
}

int main(int argc, char **argv)
{
    struct attributes wanted = { .fs = ON_FOLDERS, .scoped = SCOPES };
    ruleset = syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0);
    if (ruleset < 0)
        err(1, "landlock_create_ruleset");
    places = argv + 1;
    while (count < argc - 1 && strcmp(places[count], "--"))
        count++;
    char **command = places + count + 1;
    if (count >= argc - 2)
        errx(2, "bare_guard PLACE.. -- COMMAND ARG..");
    list("", 0);
    for (int i = 0; i < count; i++)
        for (char *slash = places[i]; (slash = strchr(slash + 1, '/'));) {
            size_t length = slash - places[i];
            int seen = 0;
            for (int before = 0; before < i && !seen; before++)
                seen = !strncmp(places[before], places[i], length + 1);
            if (seen)
                continue;
            char *folder = strndup(places[i], length);
            list(folder, length);
            free(folder);
        }
    if (getenv("COUNT"))
        fprintf(stderr, "%ld\n", rules);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, ruleset, 0))
        err(1, "landlock_restrict_self");
    /* One process stays outside to wait, as it must. */
    pid_t child;
    extern char **environ;
    int failed = posix_spawnp(&child, command[0], NULL, NULL, command, environ), status;
    if (failed)
        errx(127, "%s: %s", command[0], strerror(failed));
    waitpid(child, &status, 0);
    return !WIFEXITED(status) || WEXITSTATUS(status);
}
