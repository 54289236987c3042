// swift-tools-version: 6.2
// Targets in dependency order: this list reads as the architecture.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // Tests and debug builds look for overlapping accesses at run time; what ships does not pay for it.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]
/// Targets that touch no C: there a pointer does not compile.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]
let cFlags: [CSetting] = [
    .unsafeFlags([
        "-std=gnu11", "-Wall", "-Wextra", "-Wshadow", "-Wstrict-prototypes", "-Werror",
        // What the program exports comes before libc's for every C module: Lua's functions, and nothing of ours.
        "-fvisibility=hidden",
    ])
]
let cxxFlags: [CXXSetting] = [
    .unsafeFlags([
        "-Wall", "-Wextra", "-Werror", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden",
    ])
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
let lua: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"] + wholeLua + [
            "-Xlinker", "--export-dynamic-symbol=lua*",
            // Twenty thousand relocations take a byte or two each, not 24, and less time at the start.
            "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
        ]
    ),
    // What ships exports nothing else and loads no C++ library, which alone took a seventh of the time of a
    // start: see the linker script in that folder.
    .unsafeFlags(
        [
            "-Xlinker", "--no-export-dynamic", "-Xclang-linker", "-static-libgcc",
            "-L", "\(Context.packageDirectory)/scripts/link",
        ],
        .when(configuration: .release)
    ),
    .linkedLibrary("m"), .linkedLibrary("dl"),
]

let package = Package(
    name: "vmoon",
    products: [
        .executable(name: "vmoon", targets: ["vmoon"]),
        .executable(name: "vmoon-sim", targets: ["vmoon-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // One of each: how text is made safe, measured, and read as times and sizes.
        .target(name: "Text", swiftSettings: safe, linkerSettings: [.linkedLibrary("m")]),

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
            linkerSettings: lua
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
        .target(name: "Journal", dependencies: ["CSQLite"], swiftSettings: strict),

        // What vmoon is about.
        .target(
            name: "VSphere",
            dependencies: ["Transport", "JSON", "Buffers", "Text"],
            swiftSettings: safe
        ),
        .target(
            name: "Bindings",
            dependencies: [
                "LuaHost", "VSphere", "Transport", "Journal", "JSON", "Buffers", "Posix", "Text",
            ],
            swiftSettings: safe
        ),
        .target(
            name: "Shell",
            dependencies: [
                "Bindings", "LuaHost", "VSphere", "Transport", "Journal", "JSON", "Posix",
                "Buffers", "Text",
            ],
            swiftSettings: safe
        ),
        .executableTarget(name: "vmoon", dependencies: ["Shell"], swiftSettings: safe),

        // The simulated vCenter: written from the contract, never from our client.
        .target(
            name: "Simulator",
            dependencies: [
                "JSON", "Text",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
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
            swiftSettings: strict
        ),
        .testTarget(
            name: "TextTests",
            dependencies: ["Text", "CBuffers"],
            swiftSettings: strict
        ),
        .testTarget(name: "BuffersTests", dependencies: ["Buffers"], swiftSettings: strict),
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
            dependencies: ["VSphere", "Transport", "Buffers", "JSON", "Text", "Support"],
            exclude: ["Golden"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JournalTests",
            dependencies: ["Journal", "CSQLite", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BindingsTests",
            dependencies: ["Bindings", "LuaHost", "Text", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ShellTests",
            dependencies: [
                "Shell", "Bindings", "LuaHost", "VSphere", "Transport", "Posix", "Text", "Support",
            ],
            exclude: ["Golden"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatorTests",
            dependencies: ["Simulator", "JSON", "Support", "vmoon-sim"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Support", "JSON", "Bindings", "VSphere", "Posix", "vmoon", "vmoon-sim",
            ],
            swiftSettings: strict
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// `VMOON_PACKAGE=host` leaves only the interpreter's host and its tests: a sanitizer then builds in seconds.
if Context.environment["VMOON_PACKAGE"] == "host" {
    let host = ["CBuffers", "Buffers", "CLuaHost", "LuaHost", "LuaHostTests"]
    package.targets.removeAll { !host.contains($0.name) }
    package.products = []
    package.dependencies = []
}
