using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Leash.Sessions.Init;

namespace Leash.Sessions.Tests;

/// <summary>Both sides of the control socket mean the same: the C compiler says so.</summary>
public sealed class InitProtocolTests
{
    [Fact]
    public void EnumerationsAndLayouts_AreThoseOfTheHeader()
    {
        var source = new StringBuilder("#include \"leash-init.h\"\n");
        Add(source, "sizeof(struct message)", InitMessage.Size);
        Add(source, "sizeof(struct message)", Unsafe.SizeOf<InitMessage>());
        Add(source, "sizeof(struct config)", 48);
        Add(source, "offsetof(struct config, keep_capabilities)", 32);
        Add(source, "offsetof(struct config, nofile)", 40);
        foreach (var (name, kind) in Kinds)
        {
            Add(source, "MSG_" + name, (int)kind);
        }

        foreach (var (name, step) in Steps)
        {
            Add(source, "STEP_" + name, (int)step);
        }

        Add(source, "RUNG_PLAIN", (int)IsolationRung.Plain);
        Add(source, "RUNG_USER", (int)IsolationRung.User);
        Add(source, "RUNG_ROOT", (int)IsolationRung.Root);
        Assert.Equal("", Compile(source.ToString()));
    }

    [Fact]
    public void Serialize_WritesStringsInOrder()
    {
        var blob = new InitConfig
        {
            Filter = [1, 2, 3, 4, 5, 6, 7, 8],
            Arguments = ["a"u8.ToArray(), ""u8.ToArray()],
            Environment = ["X=1"u8.ToArray()],
            Binds = [new BindMount("/s", "/t", ReadOnly: true)],
            Directory = "/w",
            KeepCapabilities = 0x0102030405060708,
            OpenFiles = 1024,
        }.Serialize();
        Assert.Equal("LSH1"u8.ToArray(), blob[..4]);
        Assert.Equal(8, BitConverter.ToInt32(blob, 8));
        Assert.Equal((2, 1, 1), (BitConverter.ToInt32(blob, 12), BitConverter.ToInt32(blob, 16), BitConverter.ToInt32(blob, 20)));
        Assert.Equal(0x0102030405060708ul, BitConverter.ToUInt64(blob, 32));
        Assert.Equal(1024ul, BitConverter.ToUInt64(blob, 40));
        Assert.Equal("\0/w\0a\0\0X=1\0ro\0/s\0/t\0", Encoding.ASCII.GetString(blob.AsSpan(56)));
    }

    private static (string Name, InitMessageKind Kind)[] Kinds =>
    [
        ("REPORT", InitMessageKind.Report), ("FAILED", InitMessageKind.Failed), ("HELLO", InitMessageKind.Hello),
        ("LISTENER", InitMessageKind.Listener), ("EXEC_FAILED", InitMessageKind.ExecFailed), ("STOPPED", InitMessageKind.Stopped),
        ("CONTINUED", InitMessageKind.Continued), ("EXITED", InitMessageKind.Exited), ("CONFIG", InitMessageKind.Config),
        ("ACTIVE", InitMessageKind.Active), ("SIGNAL", InitMessageKind.Signal), ("CONTINUE", InitMessageKind.Continue),
    ];

    private static (string Name, InitStep Step)[] Steps =>
    [
        ("NONE", InitStep.None), ("NAMESPACES", InitStep.Namespaces), ("ID_MAP", InitStep.IdMap),
        ("MOUNT_PRIVATE", InitStep.MountPropagation), ("PROC", InitStep.Proc), ("CONFIG", InitStep.Config), ("BIND", InitStep.Bind),
        ("TTY", InitStep.Terminal), ("FORK", InitStep.Fork), ("CHDIR", InitStep.WorkingDirectory), ("LIMITS", InitStep.Limits),
        ("CAPABILITIES", InitStep.Capabilities), ("NO_NEW_PRIVS", InitStep.NoNewPrivileges), ("LANDLOCK", InitStep.Landlock),
        ("FILTER", InitStep.Filter), ("LISTENER", InitStep.Listener),
    ];

    private static void Add(StringBuilder source, string expression, int value) =>
        source.Append("_Static_assert(").Append(expression).Append(" == ").Append(value).Append(", \"").Append(expression).Append("\");\n");

    private static string Compile(string source, [CallerFilePath] string here = "")
    {
        var header = Path.GetFullPath(Path.Join(Path.GetDirectoryName(here), "../../init"));
        var start = new ProcessStartInfo("gcc", ["-xc", "-fsyntax-only", "-I", header, "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var gcc = Process.Start(start)!;
        gcc.StandardInput.Write(source);
        gcc.StandardInput.Close();
        var errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        return errors;
    }
}
