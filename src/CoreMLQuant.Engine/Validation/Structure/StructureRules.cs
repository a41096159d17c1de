using System.IO;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;
using CoreMLQuant.Validation.Networks;
using CoreMLQuant.Validation.Programs;
using CoreMLQuant.Validation.Stages;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Validation.Structure;

/// <summary>Holds everything about a model but the values of its weights to the rules of its format.</summary>
internal static class StructureRules
{
    /// <summary>Checks a model, stage by stage.</summary>
    /// <param name="file">The open model.</param>
    /// <param name="specification">Its messages, which nobody changes meanwhile.</param>
    /// <param name="findings">Takes what is found.</param>
    /// <param name="floats">Takes the floats that the rules of values read.</param>
    /// <param name="cancellationToken">Stops between stages and operations.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static void Check(ModelFile file, Schema.Model specification, FindingList findings, StoredFloats floats, CancellationToken cancellationToken)
    {
        var reader = new DetailReader(file.Payloads, file.Container.SpecificationPath);
        ManifestRules.Check(file.Container, findings);
        foreach (PipelineStage stage in PipelineStages.All(specification))
        {
            cancellationToken.ThrowIfCancellationRequested();
            VersionRules.Check(stage, findings);
            DescriptionRules.Check(stage, reader, findings);
            PipelineRules.Check(stage, findings);
            StageRules.Check(stage, reader, findings);
            if (stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            {
                ProgramRules.Check(file, stage, findings, floats, cancellationToken);
            }
            else if (NetworkLayers.Of(stage.Model) is { } layers)
            {
                NetworkRules.Check(file, stage, layers, findings, floats);
            }
        }

        BlobRules.Check(file, specification, findings);
    }
}
