import Glibc

/// A program run to its end.
struct Command {
    let code: Int32
    let output: String

    /// Runs a program found through PATH; standard error goes with standard output.
    init(_ words: [String]) throws {
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { throw Failure.cannotStart(errno) }
        for descriptor in pipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, words[0], &actions, nil, arguments, environ)
        close(pipe[1])
        defer { close(pipe[0]) }
        guard failure == 0 else { throw Failure.cannotStart(failure) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(pipe[0], &piece, piece.count)
            if count > 0 { bytes += piece[..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
        output = String(decoding: bytes, as: UTF8.self)
    }

    enum Failure: Error {
        case cannotStart(Int32)
    }
}

/// A folder of a test's own, removed with this object.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/vmoon-sim-test-XXXXXX".utf8CString)
        mkdtemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? Command(["rm", "-rf", path]) }
}
