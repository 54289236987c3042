#ifndef VMOON_PROCESS_H
#define VMOON_PROCESS_H
// What C alone can say of the process, and what it does in signal handlers. No Lua is known here.

#include <stdbool.h>
#include <termios.h>

/// The words that the process was started with, its own name first, NULL behind the last: what the kernel gave, without
/// a look at /proc, which Swift's own list needs. NULL only where nobody gave any.
char *const *vm_process_arguments(int *count);
/// Whether this is a copy that fork(2) made of the process that was started.
bool vm_process_is_forked(void);
/// Marks every descriptor but the standard streams close-on-exec; false where the kernel is too old (before 5.11).
bool vm_process_keep_descriptors(void);
/// The path that the kernel was told to run, where /proc does not say; NULL where that is not known either.
const char *vm_process_path(void);

// Signals. One that is ignored when we come stays so: nohup must reach it.
/// What ends a program at its default action, and can be obeyed in an orderly way: SIGINT, SIGTERM and SIGHUP first.
/// Not SIGPIPE and SIGXFSZ, which are about one write, nor what tells of a fault of the program itself.
const int *vm_process_stopping_signals(int *count);
/// A signal whose default would end the process ends it no more. By a handler, since children inherit what is ignored.
void vm_process_survive(int number);
/// With SIGCHLD ignored, as some daemons leave it, the kernel would throw away how a child ended.
void vm_process_keep_endings(void);
/// Shows what output was kept, and ends the process by a signal at its default action; comes back only where that is
/// not to end it. Async-signal-safe.
void vm_process_end_by(int number);
/// From now on these signals do nothing but to be noted; until vm_process_stop_noting.
void vm_process_note_signals(const int *signals, int count);
/// The one noted last; 0 for none.
int vm_process_noted_signal(void);
/// The signals do again what they did.
void vm_process_stop_noting(void);

/// What to do when somebody else calls exit(3), once; not in a process that was forked. `is_own_thread`: whether that is
/// the thread which calls this.
void vm_process_on_exit(void (*body)(void *owner, int status, bool is_own_thread), void *owner);

// Output that is kept back.
/// From now on `release_output` copies the file of each stream to where that led before; so does a death by a signal,
/// by a limit or by a fault of the process's own. -1: the stream has none.
void vm_process_keep_output(int kept_output, int output, int kept_error, int error);
/// Copies what was kept, once, and leads the streams back; false when some of it could not be written.
/// Async-signal-safe.
bool vm_process_release_output(void);

// A run that signals and time limits stop. One at a time: a new one takes the place of the last.
typedef struct vm_process_run {
    void *context;
    /// Stops it, for a signal's number or for `deadline`. Called in a signal handler, in the thread that called
    /// vm_process_watch, as is `force`. Returns whether it is being stopped: a SIGPIPE may be nothing to it.
    bool (*interrupt)(void *context, int reason);
    /// Leaves it no more time to clean up.
    void (*force)(void *context);
    /// Nothing has stopped it, and the process is about to end: tells whom it has to, and returns the code to end
    /// with. Called on a thread of its own, while the run's is anywhere.
    int (*last_resort)(void *owner);
    void *owner;
    /// What it is told when its time is over; no signal's number.
    int deadline;
    /// What is written to when its loop has something to look at; -1 for none.
    int wake;
    /// Whether signals stop it too, and not only SIGPIPE and its deadline.
    bool is_stopped_by_signals;
    /// Whether a SIGHUP that somebody sends asks for its log to be opened again, and only the hang-up of the terminal,
    /// or one sent on after it, ends it.
    bool reopens_log;
    /// How long it may clean up. Then it is forced; two seconds later, when not even that helped, comes
    /// `last_resort`. A second signal ends the grace; a third ends the process at once.
    double grace;
    /// How long it may take; 0 for as long as it likes.
    double limit;
} vm_process_run;
/// Watches over a run in the calling thread.
void vm_process_watch(const vm_process_run *run);
/// The run is over; where its last resort is at work already, this never returns. Signals end the process then.
void vm_process_stop_watching(void *owner);
/// The run has begun to stop by itself, for this reason: from here it has its grace.
void vm_process_begin_grace(int reason);
/// The run was stopped and goes on; the next signal is the first.
void vm_process_end_grace(void);
/// How often signals and limits have stopped or forced a run: whoever waits outside its loop compares it.
unsigned vm_process_stop_count(void);
/// Whether a second signal came.
bool vm_process_is_hastened(void);
/// Whether a SIGHUP has asked since the last look for the log to be opened again.
bool vm_process_take_reopening(void);

/// How a run without an interpreter hears that it is to stop: it looks here. Both functions below are for
/// `vm_process_run`, with its address as the context.
typedef struct vm_process_stop {
    volatile int reason; ///< 0 while it may go on
    volatile int is_forced;
    int wake;
} vm_process_stop;
/// Async-signal-safe. A SIGPIPE is nothing to such a run: whoever writes hears of it.
bool vm_process_stop_interrupt(void *stop, int reason);
/// Async-signal-safe.
void vm_process_stop_force(void *stop);
int vm_process_stop_reason(const vm_process_stop *stop);
bool vm_process_stop_is_forced(const vm_process_stop *stop);

// The terminal while it is raw. Signals that end a program, and faults, put it back first.
enum {
    VM_TERMINAL_RESIZED = 1,
    VM_TERMINAL_STOP_REQUESTED = 2, ///< SIGTSTP
    VM_TERMINAL_CONTINUED = 4,      ///< the screen may show anything
    VM_TERMINAL_INTERRUPTED = 8     ///< SIGINT
};
/// Takes the signals of a terminal that is about to be raw. `normal` is how it is put back; `notice` gets a byte for
/// each event, as far as it takes them.
void vm_terminal_hold(const struct termios *normal, int notice);
/// Gives the signals back.
void vm_terminal_let_go(void);
/// What has happened since the last call.
int vm_terminal_take_events(void);

/// A new file in memory, close-on-exec and always appended to; -1 and errno where there is none. The caller closes it.
int vm_process_memory_file(void);
/// Promises a file so many bytes of room without making it longer; false and errno where it has no room for them. Not
/// every file system can promise: that is no failure.
bool vm_process_reserve(int file, long long size);
#endif
