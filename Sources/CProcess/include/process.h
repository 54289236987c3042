#ifndef VMOON_PROCESS_H
#define VMOON_PROCESS_H
// What C alone can say of the process.

#include <stdbool.h>

/// The words that the process was started with, its own name first, NULL behind the last: what the kernel gave, without
/// a look at /proc, which Swift's own list needs. NULL only where nobody gave any.
char *const *vm_process_arguments(int *count);
/// Whether this is a copy that fork(2) made of the process that was started.
bool vm_process_is_forked(void);
/// Marks every descriptor but the standard streams close-on-exec; false where the kernel is too old (before 5.11).
bool vm_process_keep_descriptors(void);
/// The path that the kernel was told to run, where /proc does not say; NULL where that is not known either.
const char *vm_process_path(void);
/// A new file in memory, close-on-exec and always appended to; -1 and errno where there is none. The caller closes it.
int vm_process_memory_file(void);
/// Promises a file so many bytes of room without making it longer; false and errno where it has no room for them. Not
/// every file system can promise: that is no failure.
bool vm_process_reserve(int file, long long size);
#endif
