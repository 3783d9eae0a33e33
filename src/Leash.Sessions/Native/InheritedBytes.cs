using System.Text;
using Leash.Interop;

namespace Leash.Sessions.Native;

/// <summary>
/// Our own arguments and environment as the kernel has them: .NET strings cannot hold bytes that are not UTF-8, and a session passes
/// them on unchanged.
/// </summary>
internal static class InheritedBytes
{
    /// <summary>The command as given: its bytes are taken from our own command line where they say the same.</summary>
    public static IReadOnlyList<byte[]> Command(IReadOnlyList<string> command)
    {
        List<byte[]> line = Split(ReadAll("/proc/self/cmdline"));
        byte[][] result = new byte[command.Count][];
        int offset = line.Count - command.Count;
        for (int i = 0; i < command.Count; i++)
        {
            bool isSame = offset >= 0 && Encoding.UTF8.GetString(line[offset + i]) == command[i];
            result[i] = isSame ? line[offset + i] : Encoding.UTF8.GetBytes(command[i]);
        }

        return result;
    }

    /// <summary>Our environment with changes applied, as <c>NAME=value</c>.</summary>
    public static List<byte[]> Environment(IReadOnlyList<EnvironmentEdit> edits) => Apply(Split(ReadAll("/proc/self/environ")), edits);

    internal static List<byte[]> Apply(List<byte[]> environment, IReadOnlyList<EnvironmentEdit> edits)
    {
        foreach (EnvironmentEdit edit in edits)
        {
            byte[] name = Encoding.UTF8.GetBytes(edit.Name + "=");
            environment.RemoveAll(variable => variable.AsSpan().StartsWith(name));
            if (edit.Value is not null)
            {
                environment.Add([.. name, .. Encoding.UTF8.GetBytes(edit.Value)]);
            }
        }

        return environment;
    }

    internal static List<byte[]> Split(ReadOnlySpan<byte> block)
    {
        List<byte[]> list = [];
        while (!block.IsEmpty)
        {
            int zero = block.IndexOf((byte)0);
            list.Add(block[..(zero < 0 ? block.Length : zero)].ToArray());
            block = zero < 0 ? default : block[(zero + 1)..];
        }

        return list;
    }

    private static byte[] ReadAll(string path)
    {
        int fd = Descriptors.Open(path, OpenFlags.O_RDONLY);
        if (fd < 0)
        {
            throw SessionException.System($"read `{path}`", -fd);
        }

        byte[] content = Descriptors.ReadToEnd(fd);
        Kernel.Close(fd);
        return content;
    }
}
