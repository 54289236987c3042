internal import CProcess
@preconcurrency import Glibc

/// Starts a program without a shell.
///
/// In the child, signals that are ignored here are ignored too (`nohup` must reach it), all others
/// have their default action, none is blocked, and no descriptor of ours is open except its three streams.
/// - Parameters:
///   - arguments: The program and its arguments; a program without `/` is looked up in `PATH`.
///   - input: Becomes its standard input.
///   - output: Becomes its standard output.
///   - error: Becomes its standard error; nil for ours.
///   - environment: Its environment; nil for ours.
///   - folder: The folder it runs in; nil for ours.
///   - hasOwnGroup: Whether signals of the terminal (Ctrl-C) do not reach it.
/// - Returns: The process identifier.
/// - Throws: If the program cannot be started.
func spawn(
    _ arguments: [String],
    input: Int32,
    output: Int32,
    error: Int32? = nil,
    environment: [String: String]? = nil,
    folder: String? = nil,
    hasOwnGroup: Bool
) throws(PosixError) -> pid_t {
    guard let program = arguments.first, !program.isEmpty else {
        throw PosixError("run", code: EINVAL, reason: "no program is named")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    if let error { posix_spawn_file_actions_adddup2(&actions, error, 2) }
    if let folder {
        // The error of a program that cannot be started would not say which of the two is missing.
        guard access(SystemText.name(folder), X_OK) == 0 else {
            throw .current("enter", path: folder)
        }
        let code = vm_process_spawn_in(&actions, SystemText.name(folder))
        guard code == 0 else { throw PosixError("enter", path: folder, code: code) }
    }
    keepDescriptorsFromChildren()

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var flags = POSIX_SPAWN_SETSIGMASK
    if hasOwnGroup {
        posix_spawnattr_setpgroup(&attributes, 0)
        flags |= POSIX_SPAWN_SETPGROUP
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))

    vm_process_keep_endings()

    var vector = arguments.map { strdup(SystemText.name($0)) }
    vector.append(nil)
    var variables = environment.map { $0.map { strdup(SystemText.name("\($0.key)=\($0.value)")) } }
    variables?.append(nil)
    defer { for text in vector + (variables ?? []) { free(text) } }
    let name = SystemText.name(program)
    var child: pid_t = 0
    let code: Int32
    if variables != nil {
        code = posix_spawnp(&child, name, &actions, &attributes, vector, variables ?? [nil])
    } else {
        code = posix_spawnp(&child, name, &actions, &attributes, vector, environ)
    }
    guard code == 0 else { throw PosixError("run", path: program, code: code) }
    return child
}

/// Marks every descriptor but the standard streams close-on-exec.
///
/// Ours are opened that way; libcurl's sockets and those inherited from our parent are not.
private func keepDescriptorsFromChildren() {
    guard !vm_process_keep_descriptors(), let folder = opendir("/proc/self/fd") else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        if let number = Int32(name), number > 2 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    }
}

/// How a program ended.
public enum Ending: Sendable, Equatable {
    /// It exited with this code.
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32)
    /// It ran longer than allowed and was killed.
    case timedOut
    /// It wrote more than allowed and was killed.
    case outputTooLarge
    /// The caller asked to stop, and it was killed.
    case cancelled
}

/// Waits for a child.
/// - Returns: How it ended; nil if it still runs and `blocks` is false.
func reap(_ child: pid_t, blocks: Bool) throws(PosixError) -> Ending? {
    var status: Int32 = 0
    var result: pid_t
    repeat {
        result = waitpid(child, &status, blocks ? 0 : WNOHANG)
    } while result < 0 && errno == EINTR
    guard result >= 0 else { throw .current("wait for a child") }
    guard result == child else { return nil }
    // The macros WIFEXITED and so on are not visible to Swift.
    let signal = status & 0x7f
    return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
}
