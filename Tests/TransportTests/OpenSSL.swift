import Glibc

/// The openssl program: certificates for one test, and servers that use them.
enum OpenSSL {
    /// Runs it to its end.
    /// - Returns: Its standard output.
    @discardableResult
    static func run(_ words: [String]) throws -> String {
        let process = try Child(["openssl"] + words, discardsErrors: true)
        let output = process.readToEnd()
        guard process.wait() == 0 else { throw Failure(words: words) }
        return output
    }

    struct Failure: Error {
        let words: [String]
    }
}

/// A child process whose standard output, and standard input, are pipes.
final class Child: Sendable {
    let input: Int32
    let output: Int32
    private let process: pid_t

    init(_ words: [String], discardsErrors: Bool = false) throws {
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
            throw OpenSSL.Failure(words: words)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        // Of pipes that other tests open at the same moment, a child must keep none.
        for descriptor: Int32 in 3..<1024 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        if discardsErrors {
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        var arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        input = toChild[1]
        output = fromChild[0]
        self.process = process
        guard code == 0 else { throw OpenSSL.Failure(words: words) }
    }

    deinit {
        close(input)
        close(output)
    }

    /// Ends its input; the descriptor stays ours, and leads nowhere.
    func endInput() {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        dup2(nowhere, input)
        close(nowhere)
    }

    func stop() { kill(process, SIGKILL) }

    func wait() -> Int32 {
        var status: Int32 = 0
        return waitpid(process, &status, 0) == process ? status : -1
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(input, bytes, bytes.count)
    }

    func readToEnd() -> String {
        var text = ""
        while let more = readSome() { text += more }
        return text
    }

    /// Reads up to a text; nil when the output ends before.
    func read(upTo end: String) -> String? {
        var text = ""
        while !text.hasSuffix(end) {
            var byte: UInt8 = 0
            guard Glibc.read(output, &byte, 1) == 1 else { return nil }
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return text
    }

    private func readSome() -> String? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(output, &chunk, chunk.count)
        return count > 0 ? String(decoding: chunk[..<count], as: UTF8.self) : nil
    }
}

/// A throw-away authority in a folder of its own, and what it has signed.
final class Authority: Sendable {
    let folder: String
    var file: String { folder + "/ca.pem" }

    init() throws {
        var template = Array("/tmp/vmoon-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw OpenSSL.Failure(words: ["mkdtemp"]) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try OpenSSL.run(
            ["req", "-x509"] + newKey(folder + "/ca.key")
                + ["-out", folder + "/ca.pem", "-days", "2", "-subj", "/CN=Throw-away"]
        )
    }

    deinit {
        guard let list = opendir(folder) else { return }
        while let entry = readdir(list) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            unlink(folder + "/" + name)
        }
        closedir(list)
        rmdir(folder)
    }

    /// Signs a new key; returns the path of `NAME.pem` and `NAME.key` without the ending.
    func sign(_ name: String, for host: String = "IP:127.0.0.1", days: Int = 2) throws -> String {
        let path = "\(folder)/\(name)"
        try OpenSSL.run(
            ["req"] + newKey(path + ".key")
                + ["-out", path + ".csr", "-subj", "/CN=x", "-addext", "subjectAltName=\(host)"]
        )
        try OpenSSL.run([
            "x509", "-req", "-in", path + ".csr", "-CA", file, "-CAkey", folder + "/ca.key",
            "-CAcreateserial", "-copy_extensions", "copyall", "-days", "\(days)", "-out",
            path + ".pem",
        ])
        return path
    }

    /// The pin of a signed key, as a user would make it.
    func pin(of path: String) throws -> String {
        try OpenSSL.run([
            "pkey", "-in", path + ".key", "-pubout", "-outform", "DER", "-out", path + ".der",
        ])
        try OpenSSL.run(["dgst", "-sha256", "-binary", "-out", path + ".sha", path + ".der"])
        let code = try OpenSSL.run(["base64", "-in", path + ".sha"])
        return "sha256//" + code.filter { !$0.isWhitespace }
    }
}

private func newKey(_ path: String) -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]
}

/// `openssl s_server`: one connection at a time, on a port of its own.
final class TLSServer: Sendable {
    let port: Int
    private let process: Child

    /// Starts it.
    /// - Parameters:
    ///   - path: Certificate and key, without their endings.
    ///   - options: Such as `-www`, which answers each request with a page about the connection.
    ///   - script: Runs on a thread of its own with the server's streams, in place of `-www`.
    /// - Throws: When the program does not start.
    init(
        _ path: String,
        options: [String] = ["-www"],
        script: (@Sendable (Child) -> Void)? = nil
    ) throws {
        let process = try Child(
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", path + ".pem", "-key",
                path + ".key",
            ]
                + options,
            discardsErrors: true
        )
        self.process = process
        guard process.read(upTo: "ACCEPT 127.0.0.1:") != nil, let port = process.read(upTo: "\n"),
            let number = Int(port.dropLast())
        else { throw OpenSSL.Failure(words: options) }
        self.port = number
        if let script {
            runThread { script(process) }
        } else {
            runThread { _ = process.readToEnd() }
        }
    }

    deinit {
        process.stop()
        _ = process.wait()
    }

    var url: String { "https://127.0.0.1:\(port)/" }
}
