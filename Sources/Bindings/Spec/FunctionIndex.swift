/// The functions as a start defines them: their names and forms.
///
/// Descriptions are made when somebody reads them, and bodies at the first call: a start pays for names alone.
struct FunctionIndex: Equatable {
    /// One function.
    struct Entry: Equatable {
        let name: String
        let forms: Forms
        let group: FunctionGroup
        /// Its place in the group.
        let place: Int
    }

    /// The ways in which scripts find a function, and what its arguments may be.
    struct Forms: OptionSet {
        let rawValue: UInt16

        /// It can be called without an object.
        static let global = Forms(rawValue: 1 << 8)
        /// Arguments that cannot be copied are passed as descriptions.
        static let lenient = Forms(rawValue: 1 << 9)
        /// Arguments with texts of their own are passed as those.
        static let asksForTexts = Forms(rawValue: 1 << 10)
        /// The interpreter defines it itself.
        static let inLua = Forms(rawValue: 1 << 11)
        /// It is the call of an object, and no function.
        static let call = Forms(rawValue: 1 << 12)

        /// It is a method of a kind of object.
        static func method(of kind: ObjectKind) -> Forms { Forms(rawValue: 1 << kind.rawValue) }
    }

    let entries: [Entry]

    /// All functions.
    static var all: FunctionIndex { FunctionIndex(parsing: names) }

    /// The index of the functions that are described, or of some of them.
    init(where keeps: (FunctionSpec) -> Bool = { _ in true }) {
        entries = FunctionGroup.allCases.flatMap { group in
            group.specs.enumerated().filter { keeps($0.element) }.map { place, spec in
                Entry(name: spec.name, forms: spec.forms, group: group, place: place)
            }
        }
    }

    /// Reads an index: a line for each function, its name and a letter or digit for each of its forms; an empty line
    /// between two groups.
    init(parsing text: String) {
        var entries: [Entry] = []
        entries.reserveCapacity(200)
        var (group, place) = (FunctionGroup.allCases[...], 0)
        let bytes = text.utf8
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let start = at
            while bytes[at] > UInt8(ascii: " ") { at = bytes.index(after: at) }
            let name = bytes[start..<at]
            var forms: Forms = []
            while bytes[at] != UInt8(ascii: "\n") {
                forms.insert(Forms(letter: bytes[at]))
                at = bytes.index(after: at)
            }
            at = bytes.index(after: at)
            if name.isEmpty {
                group.removeFirst()
                place = 0
                continue
            }
            let own = String(Substring(name))
            guard let group = group.first else { break }
            entries.append(Entry(name: own, forms: forms, group: group, place: place))
            place += 1
        }
        self.entries = entries
    }

    /// The text that gives the index when it is read.
    var text: String {
        FunctionGroup.allCases.map { group in
            entries.filter { $0.group == group }.map { "\($0.name) \($0.forms.letters)\n" }.joined()
        }.joined(separator: "\n")
    }

    /// The first function with a name and a form; nil for none.
    func first(_ name: String? = nil, _ form: Forms) -> Int? {
        entries.firstIndex { $0.forms.isSuperset(of: form) && (name == nil || $0.name == name) }
    }

    /// The globals that scripts see, with spaces between them: functions, and the modules of others.
    ///
    /// A module may be there more than once; looking for it would cost a start more.
    var globals: String {
        var names = ""
        var last = ""
        for entry in entries where entry.forms.contains(.global) {
            let dot = entry.name.utf8.firstIndex(of: UInt8(ascii: "."))
            let name = dot.map { String(entry.name[..<$0]) } ?? entry.name
            if name == last { continue }
            last = name
            names += name
            names += " "
        }
        return names
    }
}

extension FunctionIndex.Forms {
    private static let known: [(letter: Character, form: Self)] = [
        ("g", .global), ("l", .lenient), ("t", .asksForTexts), ("n", .inLua), ("c", .call),
    ]

    fileprivate init(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "g"): self = .global
        case UInt8(ascii: "l"): self = .lenient
        case UInt8(ascii: "t"): self = .asksForTexts
        case UInt8(ascii: "n"): self = .inLua
        case UInt8(ascii: "c"): self = .call
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            self.init(rawValue: 1 << UInt16(letter - UInt8(ascii: "0")))
        default: self = []
        }
    }

    fileprivate var letters: String {
        let methods = ObjectKind.allCases.filter { contains(.method(of: $0)) }
        return Self.known.filter { contains($0.form) }.map { String($0.letter) }.joined()
            + methods.map { "\($0.rawValue)" }.joined()
    }
}

extension FunctionSpec {
    fileprivate var forms: FunctionIndex.Forms {
        var forms: FunctionIndex.Forms = []
        for kind in receivers { forms.insert(.method(of: kind)) }
        if isGlobal { forms.insert(.global) }
        if isLenient { forms.insert(.lenient) }
        if asksForTexts { forms.insert(.asksForTexts) }
        if body == nil { forms.insert(.inLua) }
        if let called {
            forms.insert(.call)
            forms.insert(.method(of: called))
        }
        return forms
    }
}
