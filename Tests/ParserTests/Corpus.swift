import Foundation
import Support
import Testing

/// Inputs that are kept, and changed copies of them.
///
/// To keep an input that once failed, add it to the folder `Corpus`: the tests begin with what lies there, unchanged.
struct Corpus {
    private let texts: [[UInt8]]
    private let name: String

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The files of a folder, each an input.
    init(files name: String, in folder: String = "Corpus") throws {
        let place = Self.folder.appendingPathComponent("\(folder)/\(name)")
        texts = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
            .map { Array(try Data(contentsOf: place.appendingPathComponent($0))) }
        self.name = name
    }

    /// The lines of a file, each an input; `\e` and `\xHH` stand for bytes, `#` begins a comment.
    init(lines name: String) throws {
        let place = Self.folder.appendingPathComponent("Corpus/\(name).txt")
        texts = try String(contentsOf: place, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map { Self.bytes(of: Array($0.utf8)) }
        self.name = name
    }

    /// The bodies of the answers that `VSphereTests` keeps.
    init(answersIn folder: String) throws {
        let all = try Corpus(files: folder, in: "../VSphereTests")
        texts = all.texts.compactMap { text in
            guard let start = text.firstRange(of: Array("\n\n".utf8)),
                let end = text.firstRange(of: Array("\n--- gives".utf8)),
                start.upperBound <= end.lowerBound
            else { return nil }
            return Array(text[start.upperBound..<end.lowerBound].prefix(4096))
        }
        name = folder
    }

    private static func bytes(of line: [UInt8]) -> [UInt8] {
        var (bytes, at) = ([UInt8](), 0)
        while at < line.count {
            let rest = line[at...]
            if rest.starts(with: "\\e".utf8) {
                bytes.append(0x1B)
                at += 2
            } else if rest.starts(with: "\\x".utf8), rest.count > 3,
                let byte = UInt8(String(decoding: line[at + 2..<at + 4], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                at += 4
            } else {
                bytes.append(line[at])
                at += 1
            }
        }
        return bytes
    }

    /// Calls back with every input as it is, then with `Dice.rounds` changed ones.
    ///
    /// A failure names the seed and the input; where a sanitizer ends the run, the seed was printed at its start.
    func each(_ body: (_ input: [UInt8], _ dice: inout Dice) throws -> Void) throws {
        var dice = Dice(for: name)
        #expect(!texts.isEmpty, "no corpus \(name)")
        for text in texts { try body(text, &dice) }
        for _ in 0..<Dice.rounds {
            var text = texts.randomElement(using: &dice) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &dice) { change(&text, &dice) }
            try body(text, &dice)
        }
    }

    /// Bytes and words that mean something to one parser or another.
    private static let words: [[UInt8]] =
        [
            "\"", "\\", "[", "]", "{", "}", ":", ",", "-", "+", ".", "e", "0", "\n", "\r", "\t",
            "\0", ";", "/", "?", "#", "@", "%", "%00", "\\u", "\\ud800", "\u{1B}", "\u{1B}[", "~",
            "[[", "]]", "--", "--[==[", "'", "[200~", "9223372036854775807", "-9223372036854775808",
            "18446744073709551616", "1e309", "=", "&", "é", "\u{FFFD}", "😀", "\u{202E}",
        ].map { Array($0.utf8) } + [
            [0x80], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90],
        ]

    private func change(_ text: inout [UInt8], _ dice: inout Dice) {
        let place = Int.random(in: 0...text.count, using: &dice)
        let end = min(text.count, place + Int.random(in: 0...8, using: &dice))
        switch Int.random(in: 0..<8, using: &dice) {
        case 0 where place < text.count: text[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
        case 1 where place < text.count: text[place] = .random(in: 0...255, using: &dice)
        case 2: text.removeSubrange(place..<end)
        case 3: text.removeSubrange(place...)
        case 4:
            let many = Int.random(in: 1...(text.count < 2_000 ? 100 : 1), using: &dice)
            let piece = Array(text[place..<end])
            text.insert(contentsOf: repeatElement(piece, count: many).joined(), at: place)
        case 5:
            let other = texts.randomElement(using: &dice) ?? []
            let from = Int.random(in: 0...other.count, using: &dice)
            text.replaceSubrange(place..<end, with: other[from...].prefix(200))
        default:
            text.insert(contentsOf: Self.words.randomElement(using: &dice) ?? [], at: place)
        }
    }
}

/// An input as a failure shows it: it can be pasted into a test.
func shown(_ bytes: [UInt8]) -> Comment {
    let text = String(decoding: bytes.prefix(400), as: UTF8.self).debugDescription
    return "VMOON_SEED=\(Dice.seed), \(bytes.count) bytes: \(text)"
}
