using System.Diagnostics;
using System.Globalization;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>The program of operations.c, compiled once. It is static, so that it needs nothing else to start.</summary>
internal static class Operations
{
    private static readonly Lazy<string> s_program = new(Compile);

    /// <summary>Puts the program into a directory.</summary>
    public static string CopyTo(string directory, string name = "operations")
    {
        var file = Path.Join(directory, name);
        File.Copy(s_program.Value, file);
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        return file;
    }

    /// <summary>The program's input for these operations.</summary>
    public static string Input(IEnumerable<IReadOnlyList<string>> operations) =>
        string.Concat(operations.Select(words => string.Join('\t', words) + "\n"));

    /// <summary>The errno of each operation.</summary>
    public static int[] Results(Ran ran) =>
        [.. ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    private static string Compile()
    {
        var program = Path.Join(AppContext.BaseDirectory, $"operations-{Environment.ProcessId}");
        using var compiler = Process.Start(
            "gcc", ["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, Path.Join(AppContext.BaseDirectory, "operations.c")]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(program);
        return program;
    }
}
