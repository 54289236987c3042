internal import Text
internal import Transport

/// Hints for connections that could not be made.
extension Failure {
    /// Names the proxy that stands between, where no connection came about or no answer came, or where
    /// somebody else than the vCenter may have shown a certificate.
    ///
    /// A change in doubt needs other advice.
    mutating func name(
        _ proxy: ConnectionProfile.Proxy?,
        to host: String,
        isChanging: Bool = false
    ) {
        guard let proxy else { return }
        if isOnTheWay {
            error.hint = proxy.hint(to: host, refusing: proxyStatus)
        } else if error.kind == .tls || error.kind == .timeout && !isChanging {
            error.hint = (error.hint.map { $0 + "; " } ?? "") + proxy.notice
        }
    }

    /// Says what a server showed that is not trusted; `isPinned` is whether pins are given.
    mutating func add(_ shown: TransportError.Shown, isPinned: Bool) {
        let pin = Display.escape(shown.pin)
        if isOtherHost {
            let names = Display.escape(bytes: Array(shown.names.utf8), limit: 200)
            error.hint =
                "the certificate is that of \(names.isEmpty ? "another host" : names): "
                + "--vcenter must name the host so, or --pin \(pin) trust its key"
        } else if isPinned {
            error.hint =
                "the server shows the key \(pin): is it the vCenter's new one? then --pin names it"
        } else {
            error.hint =
                "--ca-file names the authority; or --pin \(pin), if that is what the vCenter itself shows"
        }
    }

    /// Says so where a server takes no passwords.
    mutating func addLogInAdvice(_ source: Secret.Source?, challenges: [String]) {
        guard error.kind == .unauthenticated, error.status != nil, error.hint == nil else { return }
        let schemes = challenges.flatMap(Self.schemes(of:))
        let others = schemes.filter { $0 != "basic" }
        guard others.isEmpty || others.count != schemes.count else {
            error.hint =
                "passwords are refused there: the server takes only \(others.joined(separator: ", "))"
            return
        }
        error.addLogInHint(source)
    }

    /// The schemes that a challenge names, in small letters: `Basic realm="x", SIGN realm=y` has two.
    static func schemes(of challenge: String) -> [String] {
        challenge.split(separator: ",").compactMap { part in
            let words = part.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, !first.contains("="),
                first.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
            else { return nil }
            return first.lowercased()
        }
    }
}
