using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Notices;

// Arguments: the folder of NuGet's packages, a file that lists packages (id/version) line by line, and the file to write.
if (args.Length != 3)
{
    Console.Error.WriteLine("Usage: CoreMLQuant.Notices <package folder> <list> <output>");
    return 1;
}

try
{
    ShippedPackage[] packages = File.ReadLines(args[1])
        .Where(line => line.Length > 0)
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Order(StringComparer.OrdinalIgnoreCase)
        .Select(line => ShippedPackage.Read(Path.Combine(args[0], line.ToLowerInvariant())))
        .ToArray();
    using StreamWriter writer = File.CreateText(args[2]);
    NoticeWriter.Write(packages, writer);
    return 0;
}
catch (UnknownLicenseException e)
{
    Console.Error.WriteLine($"{args[1]} : error NOTICE: {e.Message}");
    return 1;
}
