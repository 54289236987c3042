#ifndef VMOON_PROCESS_H
#define VMOON_PROCESS_H
// Functions of the process that need C, and code for signal handlers. Nothing here knows Lua.

#include <stdbool.h>
#include <termios.h>

/// The words that started the process, its own name first, ended by NULL: from the kernel, without
/// reading /proc as Swift's own list does. NULL only if the parent passed none.
char *const *vm_process_arguments(int *count);
/// Whether this process is a fork(2) copy of the one that was started.
bool vm_process_is_forked(void);
/// Lets a program that is started with these actions of posix_spawn begin in a folder, by an extension that Swift does
/// not see; 0, or the error.
int vm_process_spawn_in(void *actions, const char *folder);
/// Marks every descriptor except the standard streams close-on-exec; false if the kernel is too old (before 5.11).
bool vm_process_keep_descriptors(void);
/// The path that the kernel executed, for use without /proc; NULL if unknown.
const char *vm_process_path(void);

/// The notices of what is linked in, as UTF-8; NULL in a program that scripts/build has not made.
const char *vm_process_notices(void);

// Signals. One that is ignored at the start remains ignored: nohup must work.
/// The signals that end a program by default and can be handled in an orderly way: SIGINT, SIGTERM and SIGHUP first.
/// Not SIGPIPE and SIGXFSZ, which concern one write, nor those that report a fault of the program.
const int *vm_process_stopping_signals(int *count);
/// Prevents a signal from ending the process. By a handler, since children inherit ignored signals.
void vm_process_survive(int number);
/// Resets an ignored SIGCHLD, as some daemons leave it: the kernel would discard how children end.
void vm_process_keep_endings(void);
/// Releases kept output, and ends the process by a signal at its default action; returns only if that action does
/// not end it. Async-signal-safe.
void vm_process_end_by(int number);
/// From now on these signals are only recorded, until vm_process_stop_noting.
void vm_process_note_signals(const int *signals, int count);
/// The last recorded signal; 0 for none.
int vm_process_noted_signal(void);
/// Restores the earlier actions of the signals.
void vm_process_stop_noting(void);

/// Sets a function to be called once when other code calls exit(3), but not in a forked process. `is_own_thread` says
/// whether that happens on the thread that calls this.
void vm_process_on_exit(void (*body)(void *owner, int status, bool is_own_thread), void *owner);

// Output that is kept back: of a large one so many bytes of its beginning and of its end.
enum { vm_kept_head = 4 << 20, vm_kept_tail = 4 << 20 };
/// From now on `release_output` copies the file of each stream to where that led before; so does a death by a signal,
/// by a limit or by a fault of the process's own. -1: the stream has none.
void vm_process_keep_output(int kept_output, int output, int kept_error, int error);
/// Copies the kept output, once, and restores the streams; false if some of it could not be written.
/// Async-signal-safe.
bool vm_process_release_output(void);

// A run that signals and time limits stop. One at a time: a new one replaces the last.
typedef struct vm_process_run {
    void *context;
    /// Stops the run, for a signal's number or for `deadline`. Called, like `force`, in a signal handler of the thread
    /// that called vm_process_watch. Returns whether it is being stopped: a SIGPIPE may have no effect on it.
    bool (*interrupt)(void *context, int reason);
    /// Ends the time for its clean-up.
    void (*force)(void *context);
    /// Called when nothing has stopped the run and the process is about to end: reports that, and returns the exit
    /// code. Runs on a thread of its own, while the run's thread may be anywhere.
    int (*last_resort)(void *owner);
    void *owner;
    /// The reason passed when its time is over; not a signal's number.
    int deadline;
    /// A descriptor to write to when its loop has to check something; -1 for none.
    int wake;
    /// Whether all stopping signals stop it, not only SIGPIPE and its deadline.
    bool is_stopped_by_signals;
    /// Whether a SIGHUP from a process asks to reopen its log, and only a hang-up of the terminal,
    /// or a SIGHUP sent after it, ends it.
    bool reopens_log;
    /// Whether it has no limit and nothing that `last_resort` must leave in order, until vm_process_attend says
    /// otherwise: a signal that nothing else obeys then ends the process without `last_resort`.
    bool is_alone;
    /// The time for its clean-up in seconds. Then it is forced; two seconds later, if that had no effect,
    /// `last_resort` is called. A second signal ends the grace; a third ends the process at once.
    double grace;
    /// Its time limit in seconds; 0 for none.
    double limit;
} vm_process_run;
/// Watches a run in the calling thread.
void vm_process_watch(const vm_process_run *run);
/// From now on, whatever is watched ends with `last_resort`. It starts the thread for that. Not for handlers.
void vm_process_attend(void);
/// Ends the watch; if the last resort has started, this never returns. From then on signals end the process.
void vm_process_stop_watching(void *owner);
/// Starts the grace of a run that stops by itself, for this reason.
void vm_process_begin_grace(int reason);
/// Ends the grace of a run that continues; the next signal counts as the first.
void vm_process_end_grace(void);
/// How many times signals and limits have stopped or forced a run: code that waits outside its loop compares it.
unsigned vm_process_stop_count(void);
/// Whether a SIGHUP has asked since the last call to reopen the log.
bool vm_process_take_reopening(void);

/// The flag that stops a run without an interpreter: the run checks it. Both functions below are for
/// `vm_process_run`, with its address as the context.
typedef struct vm_process_stop {
    volatile int reason; ///< 0 while it may continue
    volatile int is_forced;
    int wake;
} vm_process_stop;
/// Async-signal-safe. A SIGPIPE has no effect on such a run: the write fails instead.
bool vm_process_stop_interrupt(void *stop, int reason);
/// Async-signal-safe.
void vm_process_stop_force(void *stop);
int vm_process_stop_reason(const vm_process_stop *stop);
bool vm_process_stop_is_forced(const vm_process_stop *stop);

// The raw terminal. Signals that end a program, and faults, restore it first.
enum {
    VM_TERMINAL_RESIZED = 1,
    VM_TERMINAL_STOP_REQUESTED = 2, ///< SIGTSTP
    VM_TERMINAL_CONTINUED = 4,      ///< the screen may have any content
    VM_TERMINAL_INTERRUPTED = 8     ///< SIGINT
};
/// Takes the signals of a terminal that is about to be raw. `normal` is the mode to restore; `notice` gets a byte for
/// each event, unless it is full.
void vm_terminal_hold(const struct termios *normal, int notice);
/// Restores the signals.
void vm_terminal_let_go(void);
/// The events since the last call.
int vm_terminal_take_events(void);

/// Makes a file in memory, close-on-exec and append-only; -1 and errno on failure. The caller closes it.
int vm_process_memory_file(void);
/// Reserves space for a file without making it longer; false and errno if there is not enough. A file system
/// that cannot reserve space is no failure.
bool vm_process_reserve(int file, long long size);
#endif
