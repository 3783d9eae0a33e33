using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Interop;

namespace Leash.Enforcement.Tests.Sockets;

/// <summary>Socket structures and constants against the machine's headers.</summary>
public sealed class SocketLayoutTests
{
    [Fact]
    public void StructuresAndConstants_MatchTheHeaders()
    {
        StringBuilder code = new("""
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <linux/netlink.h>
            #include <netinet/in.h>
            #include <poll.h>
            #include <signal.h>
            #include <stddef.h>
            #include <sys/socket.h>
            #include <sys/time.h>
            #ifndef SCM_TXTIME
            #define SCM_TXTIME SO_TXTIME
            #endif
            #define SOCK_TYPE_MASK 0xf

            """);
        Size<MsgHdr>(code, "struct msghdr");
        Size<MMsgHdr>(code, "struct mmsghdr");
        Size<CMsgHdr>(code, "struct cmsghdr");
        Size<UCred>(code, "struct ucred");
        Size<PollFd>(code, "struct pollfd");
        Size<KernelTime>(code, "struct timespec");
        foreach (string field in new[] { "msg_name", "msg_namelen", "msg_iov", "msg_iovlen", "msg_control", "msg_controllen" })
        {
            code.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert(offsetof(struct msghdr, {field}) == {Marshal.OffsetOf<MsgHdr>(field)}, \"{field}\");");
        }

        code.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert(offsetof(struct mmsghdr, msg_len) == {Unsafe.SizeOf<MsgHdr>()}, \"msg_len\");");
        foreach (FieldInfo field in typeof(SocketConstants).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            code.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert({field.Name} == {field.GetRawConstantValue()}, \"{field.Name}\");");
        }

        Compile(code.ToString());
    }

    private static void Size<T>(StringBuilder code, string type)
        where T : unmanaged =>
        code.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert(sizeof({type}) == {Unsafe.SizeOf<T>()}, \"{type}\");");

    private static void Compile(string code)
    {
        string directory = Directory.CreateTempSubdirectory("leash-layout-").FullName;
        string source = Path.Combine(directory, "layout.c");
        File.WriteAllText(source, code);
        using Process compiler = Process.Start(new ProcessStartInfo("gcc")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            ArgumentList = { "-fsyntax-only", source },
        })!;
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.Equal("", errors);
        Directory.Delete(directory, recursive: true);
    }
}
