internal import Glibc

/// The certificate authority of the simulators of one user, kept in the cache folder.
///
/// `openssl` makes it: one process per file, only if there is no valid one, and no second
/// cryptographic library in the program. The authority's key is deleted as soon as it has signed, so
/// a computer that trusts it cannot be attacked with it; it is limited to localhost anyway. A set has a
/// folder of its own and never changes; `current` is a symbolic link that is renamed into place, so
/// readers need no lock, and simulators with an older set keep working.
struct ThrowAwayAuthority {
    static let authorityFile = "ca.pem"
    static let keyFile = "server.key"

    static func chainFile(_ kind: Settings.Certificate) -> String { kind.rawValue + ".pem" }

    private let folder: String

    /// - Throws: `ProgramError` with code 78 if there is no folder to keep it in.
    init() throws(ProgramError) {
        let cache = World.variable("XDG_CACHE_HOME") ?? World.homeFolder.map { $0 + "/.cache" }
        guard let cache else {
            throw ProgramError(
                78,
                "no folder to keep certificates in: this user has no home; set XDG_CACHE_HOME"
            )
        }
        folder = cache + "/vmoon/sim-tls"
        for path in [cache, cache + "/vmoon", folder]
        where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw ProgramError(78, "cannot make \(path): \(World.lastError)")
        }
    }

    /// The folder of the set in use, with links resolved; nil if there is none.
    var current: String? {
        guard let path = realpath(folder + "/current", nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// Makes a new set, unless another process has just made a valid one.
    func renew(unless isSound: (String) -> Bool) throws(ProgramError) -> String {
        let lock = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw ProgramError(78, "cannot lock \(folder): \(World.lastError)")
        }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 && errno == EINTR {}
        if let current, isSound(current) { return current }
        let made = try makeSet()
        let link = folder + "/current.new"
        unlink(link)
        guard symlink(made, link) == 0, rename(link, folder + "/current") == 0 else {
            throw ProgramError(78, "cannot keep \(made): \(World.lastError)")
        }
        return made
    }

    private func makeSet() throws(ProgramError) -> String {
        var template = Array((folder + "/set-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ProgramError(78, "cannot make a folder in \(folder): \(World.lastError)")
        }
        let path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        try openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", path + "/ca.key", "-out", path + "/" + Self.authorityFile, "-days",
                "397",
                "-subj", "/CN=vmoon-sim throw-away CA",
                "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
                "-addext", "keyUsage=critical,keyCertSign",
                "-addext",
                "nameConstraints=critical,permitted;DNS:localhost,"
                    + "permitted;IP:127.0.0.0/255.0.0.0,"
                    + "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            ])
        try openssl(
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", path + "/" + Self.keyFile, "-out", path + "/server.csr", "-subj",
                "/CN=vmoon-sim",
            ])
        let local = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
        try sign(.valid, local, ["-days", "397"], in: path)
        // Still under localhost, to which the authority is limited.
        try sign(.wrongHost, "subjectAltName=DNS:elsewhere.localhost", ["-days", "397"], in: path)
        do throws(ProgramError) {
            try sign(.expired, local, ["-days", "-1"], in: path)
        } catch {
            // OpenSSL 3.4 and later refuse that, and take dates, which earlier ones do not.
            let dates = ["-not_before", "20250101000000Z", "-not_after", "20250102000000Z"]
            try sign(.expired, local, dates, in: path)
        }
        for leftover in ["ca.key", "server.csr", "extensions", "ca.srl"] {
            unlink(path + "/" + leftover)
        }
        chmod(path + "/" + Self.keyFile, 0o600)
        return path
    }

    private func sign(
        _ kind: Settings.Certificate,
        _ names: String,
        _ time: [String],
        in path: String
    ) throws(ProgramError) {
        let extensions =
            names + "\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            + "extendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
        guard FileText.write(extensions, to: path + "/extensions", mode: 0o600) else {
            throw ProgramError(78, "cannot write to \(path): \(World.lastError)")
        }
        try openssl(
            [
                "x509", "-req", "-in", path + "/server.csr", "-CA", path + "/" + Self.authorityFile,
                "-CAkey", path + "/ca.key",
                "-CAcreateserial", "-extfile", path + "/extensions",
                "-out", path + "/" + Self.chainFile(kind),
            ] + time
        )
    }

    /// Runs `openssl`; its messages are dropped, its exit code is checked.
    private func openssl(_ words: [String]) throws(ProgramError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in 0...2 as ClosedRange<Int32> {
            posix_spawn_file_actions_addopen(
                &actions,
                descriptor,
                "/dev/null",
                descriptor == 0 ? O_RDONLY : O_WRONLY,
                0
            )
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = (["openssl"] + words).map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, "openssl", &actions, nil, arguments, environ)
        guard failure == 0 else {
            let reason = String(cString: strerror(failure))
            throw ProgramError(78, "cannot run openssl, which makes the certificates: \(reason)")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            throw ProgramError(78, "openssl \(words[0]) failed (status \(status >> 8))")
        }
    }
}
