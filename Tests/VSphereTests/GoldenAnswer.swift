import Buffers
import Foundation
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// A file of `Golden/`: an answer of a server, and what becomes of it.
struct GoldenAnswer {
    let operation: String
    let dialect: Dialect
    let status: Int
    let headers: String
    let body: [UInt8]
    let expected: String
    private let head: [UInt8]

    private static let folder =
        #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Golden"
    private static let start = Array("\n--- answer\n".utf8)
    private static let end = Array("\n--- gives\n".utf8)

    static func place(_ name: String) -> URL {
        URL(fileURLWithPath: "\(folder)/\(name).txt")
    }

    init(_ name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.place(name)))
        let start = try #require(bytes.firstRange(of: Self.start))
        let end = try #require(bytes.firstRange(of: Self.end))
        let words = String(decoding: bytes[..<start.lowerBound], as: UTF8.self)
            .split(separator: " ").map(String.init)
        operation = words[0]
        dialect = try #require(Dialect(rawValue: words[1]))
        let answer = bytes[start.upperBound..<end.lowerBound]
        let blank = try #require(answer.firstRange(of: Array("\n\n".utf8)))
        let lines = String(decoding: answer[..<blank.lowerBound], as: UTF8.self)
            .split(separator: "\n").map(String.init)
        status = try #require(Int(lines[0].split(separator: " ")[1]))
        headers = lines.dropFirst().map { $0 + "\r\n" }.joined()
        body = Array(answer[blank.upperBound...])
        expected = String(decoding: bytes[end.upperBound...], as: UTF8.self)
        head = Array(bytes[..<end.upperBound])
    }

    func record(_ outcome: String, in name: String) throws {
        try Data(head + outcome.utf8).write(to: Self.place(name))
    }
}

extension GoldenAnswer {
    /// The answer as the transport hands it over.
    var response: Response {
        let bytes = ByteBuffer()
        bytes.append(body)
        let block = ByteBuffer("HTTP/1.1 \(status) X\r\n" + headers + "\r\n")
        return Response(status: status, headerBlock: block, body: bytes)
    }
}

extension Call {
    /// A call of any operation, each argument named after its parameter.
    static func sample(of operation: VSphere.Operation) throws -> Call {
        let arguments = ValueBuffer()
        for parameter in operation.parameters {
            guard parameter.isTable else {
                arguments.put(parameter.choices.first ?? "the-" + parameter.name)
                continue
            }
            arguments.putRecord {
                guard case .record(let fields) = parameter.shape else { return 0 }
                let required = fields.filter { !$0.isOptional }
                for field in required {
                    arguments.put(field.name)
                    arguments.put("the-" + field.name)
                }
                return required.count
            }
        }
        return try Call(operation, arguments.values)
    }
}
