namespace Cedar.Fuzz.Generation;

/// <summary>Values that are usual, and values at the edges.</summary>
internal static class Literals
{
    private static readonly string[] s_strings = ["", "a", "alice", "a*b", "läßt", "x\"y", "back\\slash", "line\nend", "日本", "🦊", "\0", "two words"];
    private static readonly string[] s_patterns = ["*", "a*", "*b", "\\*", "a\\*b", "", "l*t", "*\\\"*", "\\u{e4}*", "**", "a*b*c", "🦊*"];
    private static readonly long[] s_longs = [0, 1, -1, 2, 7, 42, 1000, -100, 2_147_483_648, 9_007_199_254_740_991, -9_007_199_254_740_991];
    private static readonly string[] s_extremes = ["9223372036854775807", "-9223372036854775808", "4611686018427387904"];
    private static readonly string[] s_ips = ["127.0.0.1", "10.0.0.0/8", "10.1.2.3", "::1", "fe80::/10", "224.0.0.1", "0.0.0.0/0", "1.2.3.4/32", "ff00::2", "2001:db8::1"];
    private static readonly string[] s_badIps = ["", "1.2.3", "256.0.0.1", "10.0.0.0/33", "::1/129", "01.2.3.4", "1.2.3.4/", "::ffff:1.2.3.4"];
    private static readonly string[] s_decimals = ["0.0", "1.0", "-1.5", "12.3456", "922337203685477.5807", "-922337203685477.5808", "0.0001", "00.10"];
    private static readonly string[] s_badDecimals = ["1", "1.", ".5", "1.23456", "922337203685477.5808", "+1.0", "1e5", ""];
    private static readonly string[] s_datetimes =
        ["2024-10-15", "1970-01-01", "2024-02-29T23:59:59Z", "1969-12-31T23:59:59.999Z", "2024-10-15T11:35:00.001+0530", "0001-01-01", "9999-12-31T00:00:00-1200"];
    private static readonly string[] s_badDatetimes =
        ["", "2024-02-30", "2024-10-15T11:35:00", "2024-1-1", "2024-10-15T24:00:00Z", "2024-10-15T11:35:60Z", "2024-10-15T11:35:00+2400", "2024-10-15 "];
    private static readonly string[] s_durations = ["0ms", "1d", "-1h", "2h30m", "1d2h3m4s5ms", "999999d", "-5ms", "1m"];
    private static readonly string[] s_badDurations = ["", "1", "ms", "1h1d", "1d1d", "--1d", "9223372036854775808ms", "1D", "99999999999999d"];

    public static string String(SeededRandom random) => random.Pick(s_strings);

    /// <summary>What stands between the quotes after <c>like</c>.</summary>
    public static string Pattern(SeededRandom random) => random.Pick(s_patterns);

    public static long Long(SeededRandom random) => random.Percent(50) ? random.Between(-5, 20) : random.Pick(s_longs);

    /// <summary>Also those that JavaScript's numbers do not hold.</summary>
    public static string LongText(SeededRandom random) => random.Percent(6) ? random.Pick(s_extremes) : Long(random).ToString();

    /// <summary>What the constructor of the extension type takes, or, when <paramref name="broken"/>, does not.</summary>
    public static string Extension(SeededRandom random, string type, bool broken) => random.Pick((type, broken) switch
    {
        ("ipaddr", false) => s_ips,
        ("ipaddr", true) => s_badIps,
        ("decimal", false) => s_decimals,
        ("decimal", true) => s_badDecimals,
        ("datetime", false) => s_datetimes,
        ("datetime", true) => s_badDatetimes,
        (_, false) => s_durations,
        (_, true) => s_badDurations,
    });

    /// <summary>Almost what the constructor takes: a few characters are changed.</summary>
    public static string AlmostExtension(SeededRandom random, string type)
    {
        const string Characters = "0123456789.:/-+TZdhmsabcdefABCDEF %x\u0663";
        var text = Extension(random, type, random.Percent(20));
        for (var i = random.Between(1, 3); i > 0; i--)
        {
            var at = random.Below(text.Length + 1);
            var character = Characters[random.Below(Characters.Length)].ToString();
            text = random.Below(4) switch
            {
                0 when at < text.Length => text.Remove(at, 1),
                1 when at < text.Length => text.Remove(at, 1).Insert(at, character),
                2 when at < text.Length => text.Insert(at, text.Substring(at, Math.Min(random.Between(1, 4), text.Length - at))),
                _ => text.Insert(at, character),
            };
        }

        return text;
    }

    public static string Constructor(string type) => type == "ipaddr" ? "ip" : type;
}
