internal import Text

/// The secrets of a run as patterns, with their replacements.
struct SecretPatterns {
    private var patterns: [SecretPattern] = []
    /// The secrets that were added, with their users, in Base64: equal texts may have different bytes.
    private var known: Set<String> = []
    /// The bytes that begin an occurrence.
    private var beginnings = [Bool](repeating: false, count: 256)

    var isEmpty: Bool { patterns.isEmpty }

    /// Adds a secret: plain, and in Base64, alone and after a user's name.
    ///
    /// One shorter than four bytes is not replaced in plain text: it would match inside ordinary words.
    /// - Parameters:
    ///   - secret: The text.
    ///   - stand: The replacement.
    ///   - user: The user whose password it is; nil for other secrets.
    mutating func hide(_ secret: String, as stand: String, of user: String? = nil) {
        let bytes = Array(secret.utf8)
        let encoded = Base64.encode(bytes)
        let owner = user.map { " " + Base64.encode(Array($0.utf8)) } ?? ""
        guard !bytes.isEmpty, known.insert(encoded + owner).inserted else { return }
        // At most thirteen: comparing each with the others costs less than a set of them.
        var spellings = [bytes]
        func add(_ bytes: [UInt8]) {
            if !spellings.contains(bytes) { spellings.append(bytes) }
        }
        if secret.isHexadecimal {
            // An identifier is the same in upper case.
            add(Array(secret.uppercased().utf8))
            add(Array(secret.lowercased().utf8))
        }
        func add(base64 text: Substring.UTF8View) {
            add(Array(text))
            // RFC 4648 §5.
            add(text.map { $0 == UInt8(ascii: "+") ? 0x2D : $0 == UInt8(ascii: "/") ? 0x5F : $0 })
        }
        if let user { add(base64: Base64.encode(Array("\(user):\(secret)".utf8))[...].utf8) }
        add(base64: encoded[...].utf8)
        // After other bytes: without the characters that contain bits of their neighbours.
        for offset in 0..<3 {
            let count = (offset + bytes.count) * 8 / 6
            let text = Base64.encode([UInt8](repeating: 0, count: offset) + bytes)
            let inside = text.utf8.prefix(count).dropFirst([0, 2, 3][offset])
            if inside.count >= 6 { add(base64: inside) }
        }
        for bytes in spellings where bytes.count >= SecretPattern.least {
            patterns.append(SecretPattern(bytes: bytes, stand: Array(stand.utf8)))
            beginnings[Int(bytes[0])] = true
        }
        for opener in SecretPattern.openers { beginnings[Int(opener)] = true }
        // Of two with the same beginning the longer one is tried first.
        patterns.sort { $0.bytes.count > $1.bytes.count }
    }

    /// The same secrets in lower case.
    var lowercased: SecretPatterns {
        var lowered = self
        lowered.patterns = patterns.map { pattern in
            let text = String(decoding: pattern.bytes, as: UTF8.self).lowercased()
            return SecretPattern(bytes: Array(text.utf8), stand: pattern.stand)
        }
        for pattern in lowered.patterns { lowered.beginnings[Int(pattern.bytes[0])] = true }
        return lowered
    }

    /// The secrets that are not ordinary words.
    var withoutWords: SecretPatterns {
        var others = self
        others.patterns.removeAll { pattern in
            pattern.bytes.count < 16
                && pattern.bytes.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
        }
        return others
    }

    /// The bytes with every secret replaced.
    func cleaned(_ bytes: [UInt8]) -> [UInt8] {
        guard !patterns.isEmpty else { return bytes }
        var failedStates = [SecretPattern.FailedStates](repeating: .init(), count: patterns.count)
        var out: [UInt8] = []
        var kept = 0
        var at = 0
        while at < bytes.count {
            guard beginnings[Int(bytes[at])],
                let (end, stand) = occurrence(in: bytes, at, &failedStates)
            else {
                at += 1
                continue
            }
            out += bytes[kept..<at]
            out += stand
            at = end
            kept = at
        }
        return kept == 0 ? bytes : out + bytes[kept...]
    }

    private func occurrence(
        in bytes: [UInt8],
        _ at: Int,
        _ failedStates: inout [SecretPattern.FailedStates]
    ) -> (end: Int, stand: [UInt8])? {
        let isOpener = SecretPattern.openers.contains(bytes[at])
        let firsts =
            isOpener ? SecretPattern.readings(of: bytes, at).compactMap(\.bytes.first) : [bytes[at]]
        for (index, pattern) in patterns.enumerated() where firsts.contains(pattern.bytes[0]) {
            if let end = pattern.end(in: bytes, from: at, &failedStates[index]) {
                return (end, pattern.stand)
            }
        }
        return nil
    }
}

extension String {
    /// Whether it is a long number in the form of identifiers: digits and the letters a to f, perhaps with dashes.
    fileprivate var isHexadecimal: Bool {
        utf8.count >= 16
            && unicodeScalars.allSatisfy {
                $0 == "-" || $0.isASCII && $0.properties.isASCIIHexDigit
            }
    }
}
