internal import Buffers

extension Shape {
    /// Every place of an answer that is not as promised, each once however many elements of a list have it.
    ///
    /// `Shape.write` stops at the first one: it serves who needs the answer, this serves who asks what came.
    func deviations(of value: Value) -> [Probe.Deviation] {
        var found: [Probe.Deviation] = []
        find(in: value, at: "", &found)
        return found
    }

    private func find(in value: Value, at place: String, _ found: inout [Probe.Deviation]) {
        switch self {
        case .any, .void: return
        case .record(let fields) where value.kind == .record:
            Self.find(fields, in: value, at: place, &found)
        case .list(let shape) where value.kind == .array:
            for element in value.elements { shape.find(in: element, at: place + "[*]", &found) }
        case .map(let shape) where value.kind == .record:
            for (_, element) in value.fields { shape.find(in: element, at: place + "[*]", &found) }
        case .map(let shape) where value.kind == .array:
            for pair in value.elements {
                guard pair["key"]?.string != nil, let element = pair["value"] else {
                    let problem = "an object with key and value is promised"
                    Self.add(.init(place + "[*]", problem), to: &found)
                    continue
                }
                shape.find(in: element, at: place + "[*]", &found)
            }
        default:
            guard !isMet(by: value) else { return }
            let isEmpty = value.kind == .string && value.count == 0
            let there = isEmpty ? "an empty one" : value.kind.phrase
            Self.add(.init(place, "\(expectation) is promised, \(there) is there"), to: &found)
        }
    }

    private static func find(
        _ fields: [Field],
        in value: Value,
        at place: String,
        _ found: inout [Probe.Deviation]
    ) {
        let known = Set(fields.flatMap { [$0.name, $0.otherName].compactMap { $0 } })
        for field in fields {
            let inner = place.isEmpty ? field.name : "\(place).\(field.name)"
            let other = field.otherName.flatMap { value[$0] }
            if let there = value[field.name] ?? other, there.kind != .null {
                field.shape.find(in: there, at: inner, &found)
            } else if !field.isOptional {
                let others = value.fields.compactMap { $0.key.string }.filter {
                    !known.contains($0)
                }
                let problem = "\(field.shape.expectation) is promised, none is there"
                add(.init(inner, problem, others: others), to: &found)
            }
        }
    }

    private static func add(_ deviation: Probe.Deviation, to found: inout [Probe.Deviation]) {
        if !found.contains(where: { $0.place == deviation.place }) { found.append(deviation) }
    }

    /// Tells whether a value without parts is of this shape.
    private func isMet(by value: Value) -> Bool {
        switch self {
        case .string: value.kind == .string
        case .identifier: value.kind == .string && value.count > 0
        case .integer: value.kind == .integer
        case .number: value.kind == .integer || value.kind == .double
        case .boolean: value.kind == .boolean
        case .void, .any, .list, .map, .record: false
        }
    }
}
