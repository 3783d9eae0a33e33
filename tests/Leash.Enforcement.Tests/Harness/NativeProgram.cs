using System.Diagnostics;

namespace Leash.Enforcement.Tests.Harness;

/// <summary>Compiles the small C programs that tests run.</summary>
internal static class NativeProgram
{
    public static string Compile(string source, params string[] options)
    {
        string directory = System.IO.Directory.CreateTempSubdirectory("leash-test-").FullName;
        string output = Path.Combine(directory, Path.GetFileNameWithoutExtension(source));
        string input = System.IO.Directory.EnumerateFiles(AppContext.BaseDirectory, source, SearchOption.AllDirectories).First();
        ProcessStartInfo start = new("gcc") { UseShellExecute = false, RedirectStandardError = true };
        string[] words = ["-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", output, input, .. options];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return output;
    }
}
