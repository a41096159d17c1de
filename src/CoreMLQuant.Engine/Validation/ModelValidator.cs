using System.Collections.Generic;
using System.IO;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification;
using CoreMLQuant.Validation.Interfaces;
using CoreMLQuant.Validation.Networks;
using CoreMLQuant.Validation.Programs;
using CoreMLQuant.Validation.Stages;
using CoreMLQuant.Validation.Values;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Validation;

/// <summary>Holds a model to the rules of its format, and to what is known of running it. Nothing of it is run or changed.</summary>
public static class ModelValidator
{
    /// <summary>Checks a model. What cannot be opened at all is one finding.</summary>
    /// <param name="path">Path of an .mlmodel file or .mlpackage folder.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <exception cref="System.UnauthorizedAccessException">A file may not be read.</exception>
    public static ValidationReport Validate(string path, CancellationToken cancellationToken = default)
    {
        string full = Path.GetFullPath(path);
        var findings = new FindingList(full, full);
        using ModelFile? file = findings.Read(() => ModelFile.Open(full));
        return file is null ? new ValidationReport(full, findings.Findings) : Validate(file, cancellationToken);
    }

    /// <summary>Checks an open model: its structure, and the values of its floating-point weights, on all processors, in the memory of a few tiles.</summary>
    /// <param name="file">The model.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ValidationReport Validate(ModelFile file, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList(file.Path, file.Container.SpecificationPath);
        var values = new ValueRules(findings);
        var seen = new HashSet<Schema.Value>(MessageIdentity<Schema.Value>.Instance);
        var reader = new DetailReader(file.Payloads, file.Container.SpecificationPath);
        ManifestRules.Check(file.Container, findings);
        foreach (PipelineStage stage in PipelineStages.All(file.Specification))
        {
            cancellationToken.ThrowIfCancellationRequested();
            VersionRules.Check(stage, findings);
            DescriptionRules.Check(stage, reader, findings);
            PipelineRules.Check(stage, findings);
            StageRules.Check(stage, reader, findings);
            if (stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            {
                ProgramRules.Check(file, stage, findings, values, seen, cancellationToken);
            }
            else if (NetworkLayers.Of(stage.Model) is { } layers)
            {
                NetworkRules.Check(file, stage, layers, findings, values);
            }
        }

        BlobRules.Check(file, seen, findings);
        values.Run(cancellationToken);
        return new ValidationReport(file.Path, findings.Findings);
    }
}
