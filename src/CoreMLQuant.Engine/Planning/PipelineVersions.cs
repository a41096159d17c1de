using System;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Planning;

/// <summary>
/// The specification versions of a model's pipelines, which are at least those of their stages. Some writers leave a pipeline's below; it is raised when the
/// model is written.
/// </summary>
internal sealed class PipelineVersions
{
    private readonly PipelineStage[] _pipelines;
    private readonly (PipelineStage Pipeline, int Version)[] _understated;

    /// <summary>Looks at the pipelines of a model, which nothing has raised yet.</summary>
    public PipelineVersions(Model specification)
    {
        _pipelines = PipelineStages.All(specification).Where(stage => PipelineStages.PipelineOf(stage.Model) is not null).ToArray();
        _understated = _pipelines
            .Where(pipeline => pipeline.Model.SpecificationVersion < HighestIn(pipeline.Model))
            .Select(pipeline => (pipeline, pipeline.Model.SpecificationVersion))
            .ToArray();
    }

    /// <summary>Raises every pipeline to the highest of its stages.</summary>
    public void Raise()
    {
        foreach (PipelineStage pipeline in _pipelines)
        {
            pipeline.Model.SpecificationVersion = HighestIn(pipeline.Model);
        }
    }

    /// <summary>The same, and tells which ones were below from the beginning.</summary>
    /// <param name="note">Takes a note for each.</param>
    public void RaiseUnderstated(Action<string> note)
    {
        Raise();
        foreach ((PipelineStage pipeline, int before) in _understated)
        {
            note($"{(pipeline.Name.Length == 0 ? "the pipeline" : $"the pipeline '{pipeline.Name}'")} had specification version {before} around newer stages; it is raised to {pipeline.Model.SpecificationVersion}, the highest of its stages");
        }
    }

    private static int HighestIn(Model container) => PipelineStages.AllModels(container).Max(model => model.SpecificationVersion);
}
