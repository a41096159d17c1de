using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Types;

/// <summary>The values behind the features of a function, and what refers to them.</summary>
internal static class ProgramValues
{
    /// <summary>The bodies of the function that a feature belongs to.</summary>
    /// <exception cref="Plans.EditException">The program has no such function.</exception>
    public static ProgramGraph[] BodiesOf(TypeTarget target)
    {
        Program program = target.Stage.Model.MlProgram;

        // A model without descriptions of functions has one, called main.
        ProgramGraph[] graphs = ProgramGraph.Of(program, target.Function?.Name ?? "main").ToArray();
        return graphs.Length > 0 ? graphs : throw target.Refuse("the program has no function for it.", "Use Test-CoreMLModel -Detailed to see what is wrong with the model.");
    }

    /// <summary>The value of a feature in a body.</summary>
    /// <exception cref="Plans.EditException">There is none, or the function gives its input out unchanged.</exception>
    public static ValueNode Find(TypeTarget target, ProgramGraph graph)
    {
        ValueNode? value = target.IsInput
            ? graph.Values.FirstOrDefault(value => value.Name == target.Name && value.Maker is null && graph.Function.Inputs.Contains(value.Declaration, MessageIdentity<NamedValueType>.Instance))
            : graph.Values.FirstOrDefault(value => value.Name == target.Name && value.OutputOf.Contains(graph.Body, MessageIdentity<Block>.Instance));
        return value is null
            ? throw target.Refuse("the program has no value of that name.", "Use Test-CoreMLModel -Detailed to see what is wrong with the model.")
            : value.Maker is null && value.OutputOf.Contains(graph.Body, MessageIdentity<Block>.Instance)
            ? throw target.Refuse("the function gives the input out unchanged, so that both would have to change.", "Convert the model again with other types.")
            : value;
    }
}
