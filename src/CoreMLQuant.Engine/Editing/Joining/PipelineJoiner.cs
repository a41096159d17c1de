using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Joining;

/// <summary>Makes a pipeline of models that run one after the other. The models become its stages unchanged, each program with a weight file of its own.</summary>
internal static class PipelineJoiner
{
    /// <summary>Plans it.</summary>
    /// <param name="models">The models in the order in which they run.</param>
    /// <param name="outputs">Names of the outputs; empty for what no stage takes.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    public static AssemblyPlan Plan(IReadOnlyList<ModelFile> models, IReadOnlyList<string> outputs, CancellationToken cancellationToken)
    {
        if (models.Count < 2)
        {
            throw new AssemblyException(models[0].Path, "a pipeline of one model is that model.", "Specify two or more models, in the order in which they run.");
        }

        var builder = new AssemblyBuilder();
        IReadOnlyList<string> names = PartNames.Of(models.Select(model => model.Path));
        Stage[] stages = models.Zip(names, (model, name) => new Stage(model.Path, name, builder.Take(model, cancellationToken))).ToArray();
        return builder.Build(Join(stages, outputs), $"Join as a pipeline of {string.Join(", ", names)}", "_pipeline") with { Parts = names };
    }

    /// <summary>Wires stages.</summary>
    /// <param name="stages">The stages in the order in which they run.</param>
    /// <param name="outputs">Names of the outputs; empty for what no stage takes.</param>
    /// <exception cref="AssemblyException">A stage does not fit.</exception>
    public static Model Join(IReadOnlyList<Stage> stages, IReadOnlyList<string> outputs)
    {
        var wiring = new PipelineInterface();
        foreach (Stage stage in stages)
        {
            Check(stage, isLast: ReferenceEquals(stage, stages[stages.Count - 1]));
            wiring.Add(stage.Path, stage.Name, stage.Model.Description ?? new ModelDescription());
        }

        Stage last = stages[stages.Count - 1];
        var description = new ModelDescription();
        description.Input.AddRange(wiring.Inputs);
        description.Output.AddRange(wiring.Outputs(last.Path, outputs));
        description.State.AddRange(wiring.States);
        if (last.Model.IsUpdatable)
        {
            description.TrainingInput.AddRange(last.Model.Description.TrainingInput.Select(input => input.Clone()));
        }

        var pipeline = new Pipeline();
        pipeline.Models.AddRange(stages.Select(stage => stage.Model));
        pipeline.Names.AddRange(stages.Select(stage => stage.Name));
        Model model = Wrap(pipeline, description, stages);
        model.Description = description;
        model.IsUpdatable = last.Model.IsUpdatable;
        model.SpecificationVersion = stages.Max(stage => RequiredVersion.Of(stage.Model));
        return model;
    }

    private static void Check(Stage stage, bool isLast)
    {
        if (stage.Model.Description?.Functions.Count > 0)
        {
            throw new AssemblyException(stage.Path, "the model has several functions, and a stage runs one.", "Split it first (Split-CoreMLModel), and join the function that is to run.");
        }

        if (stage.Model.IsUpdatable && !isLast)
        {
            throw new AssemblyException(stage.Path, "the model is updatable; only the last stage of a pipeline can be.", "Specify it last.");
        }
    }

    // The last stage whose prediction can be seen from outside makes the pipeline one of its kind.
    private static Model Wrap(Pipeline pipeline, ModelDescription description, IEnumerable<Stage> stages)
    {
        Model? predictor = stages.Select(stage => stage.Model).LastOrDefault(model =>
            (StageKinds.IsClassifier(model) || StageKinds.IsRegressor(model)) && IsOutput(model.Description?.PredictedFeatureName));
        if (predictor is null)
        {
            return new Model { Pipeline = pipeline };
        }

        description.PredictedFeatureName = predictor.Description.PredictedFeatureName;
        description.PredictedProbabilitiesName = IsOutput(predictor.Description.PredictedProbabilitiesName) ? predictor.Description.PredictedProbabilitiesName : string.Empty;
        return StageKinds.IsRegressor(predictor)
            ? new Model { PipelineRegressor = new PipelineRegressor { Pipeline = pipeline } }
            : new Model { PipelineClassifier = new PipelineClassifier { Pipeline = pipeline } };

        bool IsOutput(string? name) => name is { Length: > 0 } && description.Output.Any(output => output.Name == name);
    }

    /// <summary>A stage to be.</summary>
    /// <param name="Path">Path of its model, for errors.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Model">Its messages.</param>
    internal sealed record Stage(string Path, string Name, Model Model);
}
