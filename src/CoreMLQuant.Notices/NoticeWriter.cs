using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace CoreMLQuant.Notices;

/// <summary>Writes the notices of packages: a list of them, then each text once, with the packages that it belongs to.</summary>
internal static class NoticeWriter
{
    private static readonly string Line = new('=', 79);

    /// <summary>Writes the notices.</summary>
    /// <exception cref="UnknownLicenseException">There is no text for a license.</exception>
    public static void Write(IReadOnlyList<ShippedPackage> packages, TextWriter writer)
    {
        writer.WriteLine("This program contains PowerShell and the packages that PowerShell consists of. They have");
        writer.WriteLine("their own licenses, which are listed here. The notices of the CoreMLQuant module are in");
        writer.WriteLine("Modules/CoreMLQuant, those of ONNX Runtime in Modules/CoreMLQuant.Runtime.");
        writer.WriteLine();
        foreach (ShippedPackage package in packages)
        {
            writer.WriteLine($"{package.Name} ({package.License ?? "see its license below"})");
            writer.WriteLine($"    {package.Copyright}");
            if (package.Address.Length > 0)
            {
                writer.WriteLine($"    {package.Address}");
            }
        }

        foreach (IGrouping<string, ShippedPackage> license in packages.Where(package => package.License is not null).GroupBy(package => package.License!))
        {
            Section(writer, $"{license.Key}: the license of", license.Select(package => package.Name), StandardText(license));
        }

        foreach (var text in packages.SelectMany(package => package.Texts.Select(item => (package.Name, item.File, item.Text))).GroupBy(item => item.Text))
        {
            Section(writer, $"{text.First().File} of", text.Select(item => item.Name), text.Key);
        }
    }

    private static void Section(TextWriter writer, string title, IEnumerable<string> packages, string text)
    {
        writer.WriteLine();
        writer.WriteLine(Line);
        writer.WriteLine(title);
        foreach (string package in packages.Distinct())
        {
            writer.WriteLine($"    {package}");
        }

        writer.WriteLine(Line);
        writer.WriteLine();
        writer.WriteLine(text);
    }

    private static string StandardText(IGrouping<string, ShippedPackage> license)
    {
        using Stream? text = Assembly.GetExecutingAssembly().GetManifestResourceStream(license.Key)
            ?? throw new UnknownLicenseException($"'{license.First().Name}' has the license {license.Key}, whose text is not in src/CoreMLQuant.Notices/Licenses. Add it if the license allows to ship the package.");
        using var reader = new StreamReader(text);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Trim();
    }
}
