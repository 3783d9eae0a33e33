using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Leash.Bpf.Tests.Abi;

/// <summary>The C# mirrors against <c>leash_abi.h</c>, with the compiler as the judge.</summary>
public partial class HeaderTests
{
    private const RegexOptions Options = RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private static readonly string s_header = File.ReadAllText(Path.Combine(RepositoryFolder(), "bpf/abi/leash_abi.h"));

    [Fact]
    public void Mirrors_HaveTheHeadersLayoutAndValues()
    {
        StringBuilder source = new("#include <stddef.h>\n#include \"abi/leash_abi.h\"\n");
        foreach (AbiStruct type in AbiMirror.Structs)
        {
            Assert(source, $"sizeof(struct {type.Name})", type.Size);
            foreach (AbiField field in type.Fields)
            {
                Assert(source, $"offsetof(struct {type.Name}, {field.Name})", field.Offset);
                Assert(source, $"sizeof(((struct {type.Name} *)0)->{field.Name})", field.Size);
            }
        }

        foreach ((string name, long value) in AbiMirror.Constants)
        {
            Assert(source, $"(long long)({name})", value);
        }

        Xunit.Assert.Equal("", Compile(source.ToString()));
    }

    [Fact]
    public void EveryMemberOfAMirroredStruct_IsMirrored()
    {
        foreach (AbiStruct type in AbiMirror.Structs)
        {
            int start = s_header.IndexOf($"\nstruct {type.Name} {{", StringComparison.Ordinal);
            string body = s_header[start..s_header.IndexOf("\n};", start, StringComparison.Ordinal)];
            Xunit.Assert.Equal(Names(MemberName(), body), type.Fields.Select(f => f.Name));
        }
    }

    private static void Assert(StringBuilder source, string expression, long value) =>
        source.Append(CultureInfo.InvariantCulture, $"_Static_assert({expression} == {value}LL, \"C# has {value}\");\n");

    private static string Compile(string source)
    {
        string folder = Path.Combine(RepositoryFolder(), "bpf");
        ProcessStartInfo start = new("clang", ["-target", "bpf", "-fsyntax-only", "-ferror-limit=0", "-I", folder, "-x", "c", "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process clang = Process.Start(start)!;
        clang.StandardInput.Write(source);
        clang.StandardInput.Close();
        string errors = clang.StandardError.ReadToEnd();
        clang.WaitForExit();
        return clang.ExitCode == 0 ? "" : errors + $"exit {clang.ExitCode}";
    }

    private static string RepositoryFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    private static IEnumerable<string> Names(Regex pattern, string text) => pattern.Matches(text).Select(m => m.Groups["name"].Value);

    [GeneratedRegex(@"^\t(struct )?\w+ (?<name>\w+)(\[\w+\])?;", Options)]
    private static partial Regex MemberName();
}
