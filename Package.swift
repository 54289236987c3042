// swift-tools-version: 6.2
// Targets in dependency order: this list reads as the architecture.
import PackageDescription

/// Warnings are errors where `scripts/check` and `scripts/test` build, and not for those who package vmoon.
let isStrict = Context.environment["VMOON_STRICT"] == "1"
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        // Tests and debug builds look for overlapping accesses at run time; what ships does not pay for it.
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])
/// Targets that touch no C: there a pointer does not compile.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]
let warningsAreErrors = isStrict ? ["-Werror"] : []
let cFlags: [CSetting] = [
    .unsafeFlags(
        [
            "-std=gnu11", "-Wall", "-Wextra", "-Wshadow", "-Wstrict-prototypes",
            // What the program exports comes before libc's for every C module: Lua's functions, and nothing of ours.
            "-fvisibility=hidden",
        ] + warningsAreErrors
    )
]
let cxxFlags: [CXXSetting] = [
    .unsafeFlags(
        [
            "-Wall", "-Wextra", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden",
        ] + warningsAreErrors
    )
]
/// Lua is linked whole and its symbols are exported, so that C modules of Debian and LuaRocks load.
///
/// Gold takes no pattern for that, lld does. Where Swift's library is linked statically the linker is told to export
/// nothing that comes from an archive: `scripts/build` makes one object of it.
let wholeLua: [String] =
    Context.environment["VMOON_LUA_OBJECT"].map { [$0] }
    ?? [
        "-Xlinker", "--whole-archive", "-Xlinker", "-l:liblua5.4.a", "-Xlinker",
        "--no-whole-archive",
    ]
/// What ships needs no C++ library and no libgcc at run time: see the linker script in that folder.
///
/// Loading the first alone took a seventh of the time of a start.
let shipped: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xclang-linker", "-static-libgcc",
            "-L", "\(Context.packageDirectory)/scripts/link",
        ],
        .when(configuration: .release)
    )
]
let lua: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"] + wholeLua + [
            "-Xlinker", "--export-dynamic-symbol=lua*",
        ]
    ),
    .linkedLibrary("m"), .linkedLibrary("dl"),
]
/// The notices of what is linked in, for `--licenses`: `scripts/build` collects them.
let notices: [LinkerSetting] =
    Context.environment["VMOON_NOTICES_OBJECT"].map { [.unsafeFlags([$0])] } ?? []

let package = Package(
    name: "vmoon",
    products: [
        .executable(name: "vmoon", targets: ["vmoon"]),
        .executable(name: "vmoon-sim", targets: ["vmoon-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    ],
    targets: [
        // One of each: how text is made safe, measured, and read as times and sizes.
        .target(name: "Text", swiftSettings: safe, linkerSettings: [.linkedLibrary("m")]),

        // What VMware says of the Automation API, embedded: read when asked, never at a start.
        .target(
            name: "CAPIIndex",
            exclude: ["index.txt"],
            cSettings: cFlags + [.unsafeFlags(["-std=gnu23"])]
        ),
        .target(name: "APIIndex", dependencies: ["CAPIIndex"], swiftSettings: strict),

        // Memory shared by C and Swift: growing bytes, and the flat buffer of typed values.
        .target(name: "CBuffers", cSettings: cFlags),
        .target(name: "Buffers", dependencies: ["CBuffers"], swiftSettings: strict),
        .target(
            name: "CRapidJSON",
            dependencies: ["CBuffers"],
            cxxSettings: cxxFlags
        ),
        .target(name: "JSON", dependencies: ["Buffers", "CRapidJSON"], swiftSettings: strict),

        // The interpreter. Only CLuaHost sees lua.h.
        .target(
            name: "CLuaHost",
            dependencies: ["CBuffers"],
            cSettings: cFlags + [.unsafeFlags(["-I/usr/include/lua5.4"])],
            linkerSettings: lua + shipped
        ),
        .target(name: "LuaHost", dependencies: ["CLuaHost", "Buffers"], swiftSettings: strict),

        // The operating system and the network.
        .target(name: "CProcess", cSettings: cFlags),
        .target(name: "Posix", dependencies: ["CProcess"], swiftSettings: strict),
        .target(name: "CCurlShims", dependencies: ["CBuffers"], cSettings: cFlags),
        .target(
            name: "Transport",
            dependencies: ["CCurlShims", "Buffers", "Text"],
            swiftSettings: strict
        ),

        // The record of changes. SQLite's C interface, linked statically: GRDB costs 5 ms at every start and
        // 74 MB of program through Foundation, measured side by side.
        .target(
            name: "CSQLite",
            cSettings: cFlags,
            linkerSettings: [
                .unsafeFlags([
                    "-Xlinker", "-l:libsqlite3.a", "-Xlinker", "--exclude-libs=libsqlite3.a",
                ]), .linkedLibrary("m"),
            ]
        ),
        // libpq, opened where a journal is kept in a database.
        .target(name: "CPostgreSQL", cSettings: cFlags),
        .target(name: "Journal", dependencies: ["CSQLite", "CPostgreSQL"], swiftSettings: strict),

        // What vmoon is about.
        .target(
            name: "VSphere",
            dependencies: ["Transport", "JSON", "Buffers", "Text", "APIIndex"],
            swiftSettings: safe
        ),
        // From a changing call to its verdict.
        .target(
            name: "Changes",
            dependencies: ["VSphere", "Journal", "JSON", "Buffers", "Posix", "Text"],
            swiftSettings: safe
        ),
        // The same for what earlier runs left open: a run without an interpreter.
        .target(
            name: "Settling",
            dependencies: ["Changes", "VSphere", "Transport", "Journal", "Posix", "Text"],
            swiftSettings: safe
        ),
        .target(
            name: "Bindings",
            dependencies: [
                "LuaHost", "Settling", "Changes", "Text", "VSphere", "Transport", "Journal", "JSON",
                "Buffers", "Posix", "APIIndex",
            ],
            swiftSettings: safe
        ),
        // The prompt and `check` without a terminal and without an interpreter: text in, text out.
        .target(name: "LuaSyntax", swiftSettings: safe),
        .target(name: "LineEditor", dependencies: ["LuaSyntax", "Text"], swiftSettings: safe),
        .target(
            name: "Shell",
            dependencies: [
                "Bindings", "LuaHost", "LuaSyntax", "LineEditor", "Settling", "Changes", "Text",
                "VSphere", "Transport", "Journal", "JSON", "Posix", "Buffers", "APIIndex",
            ],
            swiftSettings: safe
        ),
        .executableTarget(
            name: "vmoon",
            dependencies: ["Shell"],
            swiftSettings: safe,
            linkerSettings: notices
        ),

        // The simulated vCenter: written from the contract, never from our client.
        .target(
            name: "Simulator",
            dependencies: [
                "JSON", "Text", "APIIndex",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict,
            linkerSettings: shipped
        ),
        .executableTarget(
            name: "vmoon-sim",
            dependencies: ["Simulator", "Posix"],
            swiftSettings: safe
        ),

        // A server that does nothing but answer: what the simulator's throughput is measured against.
        .executableTarget(
            name: "BareServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Benchmarks/BareServer",
            swiftSettings: strict
        ),
        .target(
            name: "Support",
            dependencies: ["JSON", "Posix"],
            path: "Tests/Support",
            exclude: ["postgresql"],
            swiftSettings: strict
        ),
        // An exchange that the test answers, with a clock that the test moves.
        .target(
            name: "VSphereSupport",
            dependencies: ["VSphere", "Transport", "Buffers"],
            path: "Tests/VSphereSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "BuffersTests",
            dependencies: ["Buffers", "CBuffers", "Support"],
            swiftSettings: strict
        ),
        // What reads hostile bytes, over changed copies of the files in its folder `Corpus`.
        .testTarget(
            name: "ParserTests",
            dependencies: [
                "Text", "Buffers", "JSON", "CCurlShims", "Transport", "VSphere", "LuaSyntax",
                "LineEditor", "APIIndex", "Support",
            ],
            exclude: ["Corpus", "ignored.txt"],
            swiftSettings: strict
        ),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "Buffers"], swiftSettings: strict),
        .testTarget(
            name: "LuaHostTests",
            dependencies: ["LuaHost", "CLuaHost", "Buffers"],
            swiftSettings: strict
        ),
        .testTarget(name: "PosixTests", dependencies: ["Posix"], swiftSettings: strict),
        .testTarget(
            name: "TransportTests",
            dependencies: ["Transport", "CCurlShims", "Buffers", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "VSphereTests",
            dependencies: [
                "VSphere", "Changes", "Transport", "Buffers", "JSON", "Text", "APIIndex", "Support",
                "VSphereSupport",
            ],
            exclude: ["Golden"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "APIIndexTests",
            dependencies: ["APIIndex", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TextTests",
            dependencies: ["Text", "CBuffers"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ChangesTests",
            dependencies: [
                "Changes", "VSphere", "Journal", "Transport", "Buffers", "JSON", "Support",
                "VSphereSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JournalTests",
            dependencies: ["Journal", "CSQLite", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BindingsTests",
            dependencies: ["Bindings", "Changes", "Text", "LuaHost", "APIIndex", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LuaSyntaxTests",
            dependencies: ["LuaSyntax", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LineEditorTests",
            dependencies: ["LineEditor", "LuaSyntax", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ShellTests",
            dependencies: [
                "Shell", "Bindings", "Changes", "LuaHost", "LuaSyntax", "LineEditor", "VSphere",
                "Transport", "Journal", "Posix", "Text", "Buffers", "APIIndex", "Support",
            ],
            exclude: ["Golden"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatorTests",
            dependencies: ["Simulator", "APIIndex", "JSON", "Support", "vmoon-sim"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Support", "JSON", "Bindings", "VSphere", "Journal", "Posix", "vmoon", "vmoon-sim",
            ],
            exclude: ["Recordings"],
            swiftSettings: strict
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// `VMOON_PACKAGE` leaves only some targets, so that a sanitizer builds in a minute: `host` is the interpreter's host,
// `parsers` what reads bytes that others have written, `threads` what more than one thread runs.
let parts: [String: Set<String>] = [
    "host": ["CBuffers", "Buffers", "CLuaHost", "LuaHost", "LuaHostTests"],
    "parsers": [
        "CBuffers", "Buffers", "CRapidJSON", "JSON", "Text", "CAPIIndex", "APIIndex", "CCurlShims",
        "Transport", "VSphere",
        "LuaSyntax", "LineEditor", "CProcess", "Posix", "Support", "BuffersTests", "JSONTests",
        "ParserTests",
    ],
    "threads": [
        "CBuffers", "Buffers", "CRapidJSON", "JSON", "Text", "CAPIIndex", "APIIndex", "CProcess",
        "Posix", "CSQLite", "CPostgreSQL",
        "Journal", "Simulator", "vmoon-sim", "Support", "JournalTests", "SimulatorTests",
    ],
]
if let part = Context.environment["VMOON_PACKAGE"] {
    guard let names = parts[part] else {
        fatalError("VMOON_PACKAGE is one of \(parts.keys.sorted())")
    }
    package.targets.removeAll { !names.contains($0.name) }
    package.products = []
    if part == "threads" {
        package.targets.append(
            .target(name: "VisibleLock", path: "Tests/VisibleLock", cSettings: cFlags)
        )
        for target in package.targets where ["Journal", "Simulator"].contains(target.name) {
            target.dependencies.append("VisibleLock")
        }
    } else {
        package.dependencies = []
    }
    if part == "parsers" {
        // SwiftPM takes one sanitizer only. AddressSanitizer's library brings the one that C's undefined behaviour needs.
        let flags = [
            "-fsanitize=undefined", "-fno-sanitize-recover=undefined",
            "-fsanitize-ignorelist=\(Context.packageDirectory)/Tests/ParserTests/ignored.txt",
        ]
        for target in package.targets where target.name.hasPrefix("C") {
            target.cSettings?.append(.unsafeFlags(flags))
            target.cxxSettings?.append(.unsafeFlags(flags))
        }
    }
}
