internal import NIOSSL

/// What the server proves itself with.
struct Certificates {
    let context: NIOSSLContext
    /// The file with the authority that a client must trust; nil for certificates of the user's own.
    let caFile: String?

    /// Finds the certificates that the settings ask for; the throw-away ones are made on first use.
    /// - Throws: `ProgramError` with code 78 when there are none to be had.
    static func find(_ settings: Settings) throws(ProgramError) -> Certificates {
        if let chain = settings.certificateFile, let key = settings.keyFile {
            do {
                return Certificates(context: try context(chain: chain, key: key), caFile: nil)
            } catch {
                throw ProgramError(78, "cannot use \(chain) with \(key): \(error)")
            }
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

    /// Loads one of the throw-away certificates, if all of them are sound.
    private static func load(
        _ kind: Settings.Certificate,
        from folder: String?
    ) throws -> Certificates {
        guard let folder else { throw ProgramError(78, "there are no certificates yet") }
        let caFile = folder + "/" + ThrowAwayAuthority.authorityFile
        let authority = try NIOSSLCertificate.fromPEMFile(caFile)
        // A day is left, so that nothing expires under a test that has just started.
        let tomorrow = Instant.wallClock.milliseconds / 1000 + 86_400
        let valid = folder + "/" + ThrowAwayAuthority.chainFile(.valid)
        for certificate in try authority + NIOSSLCertificate.fromPEMFile(valid)
        where certificate.notValidAfter < tomorrow {
            throw ProgramError(78, "\(folder) has expired")
        }
        return Certificates(
            context: try context(
                chain: folder + "/" + ThrowAwayAuthority.chainFile(kind),
                key: folder + "/" + ThrowAwayAuthority.keyFile
            ),
            caFile: caFile
        )
    }

    private static func context(chain: String, key: String) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        )
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }
}
