internal import NIOSSL

/// The server's certificate and key.
struct Certificates {
    let context: NIOSSLContext
    /// The file with the authority that a client must trust; nil for the user's own certificates.
    let caFile: String?

    /// Returns the certificates that the settings ask for; throw-away ones are made at first use.
    /// - Throws: `ProgramError` with code 78 if there are none.
    static func find(_ settings: Settings) throws(ProgramError) -> Certificates {
        if let chain = settings.certificateFile, let key = settings.keyFile {
            return Certificates(context: try ownContext(chain: chain, key: key), caFile: nil)
        }
        let authority = try ThrowAwayAuthority()
        if let found = try? load(settings.certificate, from: authority.current) { return found }
        let folder = try authority.renew { folder in
            (try? load(settings.certificate, from: folder)) != nil
        }
        do {
            return try load(settings.certificate, from: folder)
        } catch {
            throw ProgramError(78, "cannot use the certificates in \(folder): \(error)")
        }
    }

    /// Reads the user's own certificates; an error names the file.
    private static func ownContext(
        chain: String,
        key: String
    ) throws(ProgramError) -> NIOSSLContext {
        // Each is read once: it may be a pipe.
        let (chainText, keyText) = (try read(chain), try read(key))
        let certificates = try? NIOSSLCertificate.fromPEMBytes(chainText)
        guard let certificates, !certificates.isEmpty else {
            throw ProgramError(78, "\(chain) holds no certificate in PEM")
        }
        guard let secret = try? NIOSSLPrivateKey(bytes: keyText, format: .pem) else {
            throw ProgramError(78, "\(key) holds no private key in PEM without a passphrase")
        }
        guard let context = try? context(certificates, secret) else {
            throw ProgramError(78, "the key in \(key) is not that of the certificate in \(chain)")
        }
        return context
    }

    /// Loads one of the throw-away certificates, if all of them are valid.
    private static func load(
        _ kind: Settings.Certificate,
        from folder: String?
    ) throws -> Certificates {
        guard let folder else { throw ProgramError(78, "there are no certificates yet") }
        let caFile = folder + "/" + ThrowAwayAuthority.authorityFile
        let authority = try NIOSSLCertificate.fromPEMFile(caFile)
        // They must be valid for another day, so that none expires during a test. One that is not yet valid was
        // made while the clock was ahead.
        let now = Instant.wallClock.milliseconds / 1000
        let tomorrow = now + 86_400
        let valid = folder + "/" + ThrowAwayAuthority.chainFile(.valid)
        for certificate in try authority + NIOSSLCertificate.fromPEMFile(valid)
        where certificate.notValidAfter < tomorrow || certificate.notValidBefore > now {
            throw ProgramError(78, "\(folder) is not valid now")
        }
        return Certificates(
            context: try context(
                NIOSSLCertificate.fromPEMFile(folder + "/" + ThrowAwayAuthority.chainFile(kind)),
                NIOSSLPrivateKey(file: folder + "/" + ThrowAwayAuthority.keyFile, format: .pem)
            ),
            caFile: caFile
        )
    }

    private static func read(_ file: String) throws(ProgramError) -> [UInt8] {
        guard let bytes = FileText.read(file) else {
            throw ProgramError(78, "cannot read \(file): \(World.lastError)")
        }
        return bytes
    }

    private static func context(
        _ chain: [NIOSSLCertificate],
        _ key: NIOSSLPrivateKey
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }
}
