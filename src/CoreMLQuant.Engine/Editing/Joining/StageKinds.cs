using CoreMLQuant.Specification.Schema;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Editing.Joining;

/// <summary>Tells which models classify and which predict numbers; a pipeline of such a stage is of the same kind.</summary>
internal static class StageKinds
{
    /// <summary>Whether a model predicts a class. An ML Program does when its description names what it predicts.</summary>
    public static bool IsClassifier(Model model) => model.TypeCase
        is ModelCase.GlmClassifier or ModelCase.SupportVectorClassifier or ModelCase.TreeEnsembleClassifier or ModelCase.NeuralNetworkClassifier
        or ModelCase.KNearestNeighborsClassifier or ModelCase.PipelineClassifier or ModelCase.MlProgram;

    /// <summary>Whether a model predicts a number.</summary>
    public static bool IsRegressor(Model model) => model.TypeCase
        is ModelCase.GlmRegressor or ModelCase.SupportVectorRegressor or ModelCase.TreeEnsembleRegressor or ModelCase.NeuralNetworkRegressor
        or ModelCase.BayesianProbitRegressor or ModelCase.PipelineRegressor;
}
