using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Float16;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>
/// Cuts an ML Program into two that compute the same one after the other. Operations keep their order, names and parameters; what the first part makes and
/// the second uses becomes an output of the one and an input of the other under its own name, or under a new one where it has to be cast on the way or is an output of the
/// whole, which the pipeline of both goes on to give.
/// </summary>
internal sealed class ProgramSplitter
{
    private const string OnlyFunction = "main";

    private readonly BodyOrder _order;
    private readonly ProgramCut _cut;
    private readonly UniqueNames _names;
    private readonly List<(string Name, CrossingValue Value)> _passed = [];

    private ProgramSplitter(BodyOrder order, ProgramCut cut)
    {
        _order = order;
        _cut = cut;
        _names = new UniqueNames(order.Graph);
        foreach (CrossingValue value in cut.Values)
        {
            _passed.Add((IsRenamed(value) ? _names.Make(value.Value.Name + "_passed") : value.Value.Name, value));
        }
    }

    /// <summary>Plans it.</summary>
    /// <param name="builder">What the parts are laid out by.</param>
    /// <param name="model">The program's model; not to be used afterwards.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <param name="at">Name of the operation behind which it is cut; <see langword="null"/> to cut near the middle of the weights.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="AssemblyException">The program cannot be cut.</exception>
    public static IReadOnlyList<AssemblyPlan> Plan(AssemblyBuilder builder, Model model, string path, string? at, CancellationToken cancellationToken)
    {
        ProgramGraph[] graphs = ProgramGraph.Of(model.MlProgram).ToArray();
        if (graphs.Length != 1 || graphs[0].FunctionName != OnlyFunction || graphs[0].Unresolved.Count > 0 || model.IsUpdatable)
        {
            throw new AssemblyException(
                path,
                model.IsUpdatable ? "the model is updatable."
                    : graphs.Length != 1 ? "the program has several bodies."
                    : graphs[0].Unresolved.Count > 0 ? $"the program uses '{graphs[0].Unresolved[0].Name}', which nothing computes."
                    : $"the program has no function '{OnlyFunction}'.",
                "Check the model with Test-CoreMLModel.");
        }

        var order = new BodyOrder(graphs[0]);
        ProgramCut cut = at is null ? CutChoice.InTheMiddle(order, builder.BlobOf, path, cancellationToken) : CutChoice.At(order, at, path);
        var splitter = new ProgramSplitter(order, cut);
        (Model first, Model second) = splitter.Split(model);
        string[] notes = [cut.ToString(), .. splitter.Doubled()];
        return [Build(first, "1"), Build(second, "2")];

        AssemblyPlan Build(Model part, string number) => builder.Build(part, $"Split {cut.Place}, part {number}", "_part" + number) with { Part = number, Notes = notes };
    }

    private bool IsRenamed(CrossingValue value) => value.IsCast || _order.IsOutput(value.Value);

    // Constants that both parts use.
    private IEnumerable<string> Doubled()
    {
        int count = _order.Constants.Count(constant => constant.Outputs.Count > 0
            && MilValues.Own(constant.Message).Any(value => value.ValueCase == Value.ValueOneofCase.BlobFileValue)
            && IsInFirst(constant) && _cut.IsSecond(_order.SpanOf(constant)));
        return count == 0 ? [] : [FormattableString.Invariant($"{count} {(count == 1 ? "weight is" : "weights are")} in both parts, because both use {(count == 1 ? "it" : "them")}")];
    }

    private (Model First, Model Second) Split(Model model)
    {
        Function function = model.MlProgram.Functions[OnlyFunction];
        ModelDescription description = model.Description ?? new ModelDescription();

        // What is left is what both parts have: opset, attributes and metadata.
        Block body = _order.Graph.Body;
        Operation[] operations = body.Operations.ToArray();
        string[] outputs = body.Outputs.ToArray();
        NamedValueType[] inputs = function.Inputs.ToArray();
        body.Operations.Clear();
        body.Outputs.Clear();
        function.Inputs.Clear();
        model.Description = new ModelDescription { Metadata = description.Metadata };
        Model first = model.Clone(), second = model;

        var constants = new HashSet<Operation>(_order.Constants.Select(node => node.Message), Specification.MessageIdentity<Operation>.Instance);
        Dictionary<Operation, OperationNode> nodes = _order.Constants.Concat(_order.Steps).ToDictionary(node => node.Message, Specification.MessageIdentity<Operation>.Instance);
        Block firstBody = BodyOf(first), secondBody = BodyOf(second);
        int position = -1;
        foreach (Operation operation in operations)
        {
            bool isConstant = constants.Contains(operation);
            position += isConstant ? 0 : 1;
            bool isFirst = isConstant ? IsInFirst(nodes[operation]) : position <= _cut.Position;
            bool isSecond = isConstant ? _cut.IsSecond(_order.SpanOf(nodes[operation])) : position > _cut.Position;
            if (isFirst)
            {
                firstBody.Operations.Add(operation);
            }

            if (isSecond)
            {
                secondBody.Operations.Add(isFirst ? operation.Clone() : operation);
            }
        }

        Describe(first, description, inputs, _cut.IsFirst, outputs.Where(IsMadeInFirst));
        Describe(second, description, inputs, _cut.IsSecond, outputs.Where(output => !IsMadeInFirst(output)));
        HandOn(first, second);
        return (first, second);
    }

    private void HandOn(Model first, Model second)
    {
        Block before = BodyOf(first), behind = BodyOf(second);
        var givingCasts = new CastMaker(_names);
        var takingCasts = new CastMaker(_names);
        var taken = new List<Operation>();
        foreach ((string name, CrossingValue crossing) in _passed)
        {
            NamedValueType declaration = crossing.Value.Declaration;
            if (crossing.IsCast)
            {
                before.Operations.Add(givingCasts.Make(declaration.Name, name, declaration.Type, crossing.PassedAs));
                taken.Add(takingCasts.Make(name, declaration.Name, declaration.Type, declaration.Type.TensorType.DataType));
            }
            else if (name != declaration.Name)
            {
                before.Operations.Add(Identity(declaration.Name, name, declaration.Type));
                taken.Add(Identity(name, declaration.Name, declaration.Type));
            }

            before.Outputs.Add(name);
            first.Description.Output.Add(crossing.Describe(name));
            second.MlProgram.Functions[OnlyFunction].Inputs.Add(new NamedValueType { Name = name, Type = crossing.PassedType() });
            second.Description.Input.Add(crossing.Describe(name));
        }

        for (int i = 0; i < taken.Count; i++)
        {
            behind.Operations.Insert(i, taken[i]);
        }

        givingCasts.InsertTypeConstants(before);
        takingCasts.InsertTypeConstants(behind);
    }

    private void Describe(
        Model part, ModelDescription whole, IReadOnlyList<NamedValueType> inputs, Func<(int First, int Last), bool> isUsed, IEnumerable<string> outputs)
    {
        string[] made = outputs.ToArray();
        var used = new HashSet<string>(_order.Inputs.Where(input => isUsed(_order.SpanOf(input)) || (made.Contains(input.Name) && _order.IsOutput(input))).Select(input => input.Name), StringComparer.Ordinal);
        part.MlProgram.Functions[OnlyFunction].Inputs.AddRange(inputs.Where(input => used.Contains(input.Name)).Select(input => input.Clone()));
        BodyOf(part).Outputs.AddRange(made);
        part.Description.Input.AddRange(whole.Input.Where(input => used.Contains(input.Name)).Select(input => input.Clone()));
        part.Description.State.AddRange(whole.State.Where(state => used.Contains(state.Name)).Select(state => state.Clone()));
        part.Description.Output.AddRange(whole.Output.Where(output => made.Contains(output.Name)).Select(output => output.Clone()));
        part.Description.PredictedFeatureName = made.Contains(whole.PredictedFeatureName) ? whole.PredictedFeatureName : string.Empty;
        part.Description.PredictedProbabilitiesName = made.Contains(whole.PredictedProbabilitiesName) ? whole.PredictedProbabilitiesName : string.Empty;
    }

    // Inputs and constants that are given out as they are belong to the first part.
    private bool IsMadeInFirst(string output) => !_order.Steps.Skip(_cut.Position + 1).Any(step => step.Outputs.Exists(value => value.Name == output));

    private bool IsInFirst(OperationNode constant) => _cut.IsFirst(_order.SpanOf(constant)) || constant.Outputs.Exists(_order.IsOutput);

    private static Block BodyOf(Model part) => part.MlProgram.Functions[OnlyFunction].BlockSpecializations.Values.Single();

    private static Operation Identity(string input, string output, ValueType type) => new()
    {
        Type = "identity",
        Inputs = { ["x"] = new Argument { Arguments = { new Binding { Name = input } } } },
        Outputs = { new NamedValueType { Name = output, Type = type.Clone() } },
        Attributes = { ["name"] = MilTypes.Text(output) },
    };
}
