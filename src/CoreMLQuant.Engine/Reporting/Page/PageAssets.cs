using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace CoreMLQuant.Reporting.Page;

/// <summary>The style sheet and the script that every report carries.</summary>
internal static class PageAssets
{
    /// <summary>The style sheet.</summary>
    public static string Style { get; } = Read("report.css");

    /// <summary>The script that sorts and filters; the page shows everything without it, too.</summary>
    public static string Script { get; } = Read("report.js");

    /// <summary>The script's hash as a content security policy names it: nothing else in the page may run.</summary>
    public static string ScriptHash { get; } = Hash(Script);

    // The hash is that of what a browser reads, and a browser reads line feeds.
    private static string Read(string name)
    {
        using Stream stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }

    private static string Hash(string text)
    {
        using var sha = SHA256.Create();
        return "sha256-" + Convert.ToBase64String(sha.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }
}
