using System.Threading;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Goes through an ML Program and holds every part of it to the rules for such parts.</summary>
internal static class ProgramRules
{
    /// <summary>Checks a stage.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stage">An ML Program of it.</param>
    /// <param name="findings">Takes what is found.</param>
    /// <param name="floats">Takes the weights whose values are to be read.</param>
    /// <param name="cancellationToken">Stops between operations.</param>
    public static void Check(ModelFile file, PipelineStage stage, FindingList findings, StoredFloats floats, CancellationToken cancellationToken)
    {
        Program program = stage.Model.MlProgram;
        FunctionRules.Check(stage, findings);
        ProgramInterface.Check(stage, findings);
        AttributeRules.Check(program.Attributes, new Place(stage.Name, string.Empty).Of("attributes"), findings);
        var tensors = new TensorCatalog(file, file.Payloads);
        var operations = new OperationRules(findings);
        var constants = new ConstantRules(tensors, stage, findings, floats);
        foreach (ProgramGraph graph in ProgramGraph.Shared(program))
        {
            var place = new Place(stage.Name, graph.FunctionName);
            ScopeRules.Check(graph, place, findings);
            TypeRules.Check(graph, place, findings);
            foreach (OperationNode operation in graph.Operations)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var location = new OperationPlace(place, operation);
                ArgumentRules.Check(operation, location, findings);
                operations.Check(graph, operation, location);
                ShapeRules.Check(graph, operation, tensors, location, findings);
                constants.Check(graph, operation, location);
                CompressionRules.Check(operation, location, findings);
            }
        }
    }
}
