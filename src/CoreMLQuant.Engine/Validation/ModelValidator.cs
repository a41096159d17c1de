using System.IO;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Structure;
using CoreMLQuant.Validation.Values;

namespace CoreMLQuant.Validation;

/// <summary>Holds a model to the rules of its format, and to what is known of running it. Nothing of it is run or changed.</summary>
public static class ModelValidator
{
    /// <summary>Checks a model. What cannot be opened at all is one finding.</summary>
    /// <param name="path">Path of an .mlmodel file or .mlpackage folder.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="followLinks">Whether links may lead out of the model.</param>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <exception cref="System.UnauthorizedAccessException">A file may not be read.</exception>
    public static ValidationReport Validate(string path, CancellationToken cancellationToken = default, bool followLinks = false)
    {
        string full = Path.GetFullPath(path);
        var findings = new FindingList(full, full);
        using ModelFile? file = findings.Read(() => ModelFile.Open(full, followLinks, cancellationToken));
        return file is null ? new ValidationReport(full, findings.Findings) : Validate(file, cancellationToken);
    }

    /// <summary>Checks an open model: its structure, and the values of its floating-point weights, on all processors, in the memory of a few tiles.</summary>
    /// <param name="file">The model.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ValidationReport Validate(ModelFile file, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList(file.Path, file.Container.SpecificationPath);
        findings.Read(() => file.Container.ReadEntries(cancellationToken));
        var floats = new StoredFloats();
        StructureRules.Check(file, file.Specification, findings, floats, cancellationToken);
        ValueRules.Check(floats, findings, cancellationToken);
        return new ValidationReport(file.Path, findings.Findings);
    }
}
