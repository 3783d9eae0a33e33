using System.Text;
using Leash.Enforcement.Exec;

namespace Leash.Enforcement.Tests.Exec;

public sealed class ShebangTests
{
    [Theory]
    [InlineData("plain", "#!/bin/sh\n", "/bin/sh", "")]
    [InlineData("argument", "#!/usr/bin/env python3\nx", "/usr/bin/env", "python3")]
    [InlineData("argument keeps inner spaces", "#!/usr/bin/env -S a b \n", "/usr/bin/env", "-S a b")]
    [InlineData("blanks", "#! \t/bin/sh  -e\t\n", "/bin/sh", "-e")]
    [InlineData("no newline at the end of a short file", "#!/bin/sh", "/bin/sh", "")]
    [InlineData("relative", "#!sh\n", "sh", "")]
    public void TryParse_Script_GivesInterpreter(string label, string text, string interpreter, string argument)
    {
        Assert.True(Shebang.TryParse(Encoding.UTF8.GetBytes(text), out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> extra), label);
        Assert.Equal(interpreter, Encoding.UTF8.GetString(name));
        Assert.Equal(argument, Encoding.UTF8.GetString(extra));
    }

    [Theory]
    [InlineData("elf", "\u007fELF")]
    [InlineData("empty", "")]
    [InlineData("nothing named", "#!\n/bin/sh")]
    [InlineData("only blanks", "#!  \n")]
    [InlineData("space before", " #!/bin/sh\n")]
    public void TryParse_NoScript_IsFalse(string label, string text) =>
        Assert.False(Shebang.TryParse(Encoding.UTF8.GetBytes(text), out _, out _), label);

    [Fact]
    public void TryParse_NameCutByTheWindow_IsFalse() =>
        Assert.False(Shebang.TryParse(Encoding.UTF8.GetBytes("#!/" + new string('a', Shebang.WindowSize - 3)), out _, out _));

    [Fact]
    public void TryParse_TruncatedAtEveryByte_NeverThrows()
    {
        byte[] text = "#! /usr/bin/env -S python3 -u\n"u8.ToArray();
        for (int length = 0; length <= text.Length; length++)
        {
            Assert.Equal(length > "#! ".Length, Shebang.TryParse(text.AsSpan(0, length), out _, out _));
        }
    }
}
