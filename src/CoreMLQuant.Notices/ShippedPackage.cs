using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CoreMLQuant.Notices;

/// <summary>What a NuGet package states about itself.</summary>
/// <param name="Name">Id and version.</param>
/// <param name="License">The SPDX expression of its license; <see langword="null"/> when its own files have the license.</param>
/// <param name="Copyright">Its copyright line, or its authors.</param>
/// <param name="Address">Address of its project.</param>
/// <param name="Texts">The text of each license and notice in it, by file.</param>
internal sealed partial record ShippedPackage(string Name, string? License, string Copyright, string Address, IReadOnlyList<(string File, string Text)> Texts)
{
    /// <summary>Reads a package.</summary>
    /// <param name="folder">The folder that NuGet unpacked it into.</param>
    /// <exception cref="UnknownLicenseException">It states no license.</exception>
    public static ShippedPackage Read(string folder)
    {
        XElement metadata = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        XElement? license = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "license");
        (string, string)[] texts = Directory.EnumerateFiles(folder)
            .Where(path => NoticeName().IsMatch(Path.GetFileName(path)))
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileName(path), Text(path)))
            .ToArray();
        var package = new ShippedPackage(
            $"{Value("id")} {Value("version")}",
            (string?)license?.Attribute("type") == "expression" ? license!.Value : null,
            Value("copyright") is { Length: > 0 } copyright ? copyright : "Copyright (c) " + Value("authors"),
            Value("projectUrl"),
            texts);
        return package.License is null && texts.Length == 0
            ? throw new UnknownLicenseException($"The package '{package.Name}' states no license and contains none. Do not ship it.")
            : package;

        string Value(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value.Trim() ?? string.Empty;
    }

    [GeneratedRegex("licen[cs]e|third-?party-?notices", RegexOptions.IgnoreCase)]
    private static partial Regex NoticeName();

    private static string Text(string path)
    {
        string text = File.ReadAllText(path);
        return (Path.GetExtension(path).Equals(".rtf", StringComparison.OrdinalIgnoreCase) ? RtfText.Plain(text) : text).ReplaceLineEndings("\n").Trim();
    }
}
