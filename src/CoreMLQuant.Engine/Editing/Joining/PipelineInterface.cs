using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;

namespace CoreMLQuant.Editing.Joining;

/// <summary>
/// What stages take and give when each takes by name what an earlier one gives: the pipeline takes what no stage gives, and gives what no
/// stage takes, or what is asked for.
/// </summary>
internal sealed class PipelineInterface
{
    private readonly Dictionary<string, (FeatureDescription Feature, string Stage)> _given = [];
    private readonly Dictionary<string, (FeatureDescription Feature, string Stage)> _taken = [];
    private readonly HashSet<string> _inner = [];
    private readonly List<FeatureDescription> _inputs = [];
    private readonly List<FeatureDescription> _outputs = [];
    private readonly List<FeatureDescription> _states = [];

    /// <summary>Features that the pipeline takes.</summary>
    public IReadOnlyList<FeatureDescription> Inputs => _inputs;

    /// <summary>States of the stages.</summary>
    public IReadOnlyList<FeatureDescription> States => _states;

    /// <summary>Wires a stage to those before it.</summary>
    /// <param name="path">Path of its model, for errors.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">Its description.</param>
    /// <exception cref="AssemblyException">It does not fit the stages before it.</exception>
    public void Add(string path, string name, ModelDescription description)
    {
        foreach (FeatureDescription input in description.Input)
        {
            Take(path, name, input);
        }

        foreach (FeatureDescription state in description.State)
        {
            if (_states.Exists(other => other.Name == state.Name))
            {
                throw new AssemblyException(path, $"the state '{state.Name}' is one of an earlier stage, too; stages cannot share a state.", "Keep the operations that use it in one model.");
            }

            _states.Add(state.Clone());
        }

        foreach (FeatureDescription output in description.Output)
        {
            if (_given.TryGetValue(output.Name, out var other))
            {
                throw new AssemblyException(path, $"stages '{other.Stage}' and '{name}' both give '{output.Name}'.", "Rename the output of one of them (Edit-CoreMLModel -RenameOutput).");
            }

            if (_taken.TryGetValue(output.Name, out var taker))
            {
                throw new AssemblyException(path, $"stage '{taker.Stage}' takes '{output.Name}', which stage '{name}' gives, and does not come after it.", "Specify the models in the order in which they run.");
            }

            _given.Add(output.Name, (output, name));
            _outputs.Add(output);
        }
    }

    /// <summary>What the pipeline gives.</summary>
    /// <param name="path">Path of a model, for errors.</param>
    /// <param name="wanted">Names of what is asked for; empty for what no stage takes.</param>
    /// <exception cref="AssemblyException">No stage gives what is asked for.</exception>
    public IReadOnlyList<FeatureDescription> Outputs(string path, IReadOnlyList<string> wanted)
    {
        if (wanted.FirstOrDefault(name => !_given.ContainsKey(name)) is { } missing)
        {
            throw new AssemblyException(path, $"no stage gives '{missing}'{Suggestion.For(missing, _given.Keys)}", $"The stages give {string.Join(", ", _given.Keys)}.");
        }

        return (wanted.Count > 0 ? wanted.Distinct().Select(name => _given[name].Feature) : _outputs.Where(output => !_inner.Contains(output.Name)))
            .Select(output => output.Clone())
            .ToArray();
    }

    private void Take(string path, string stage, FeatureDescription input)
    {
        bool isGiven = _given.TryGetValue(input.Name, out var source);
        if (!isGiven && !_taken.TryGetValue(input.Name, out source))
        {
            FeatureDescription outer = input.Clone();

            // Only networks and programs have default values; the stage that has one still uses it.
            outer.Type?.MultiArrayType?.ClearDefaultOptionalValue();
            _inputs.Add(outer);
            _taken.Add(input.Name, (outer, stage));
            return;
        }

        if (!FeatureTypes.AreSame(source.Feature.Type ?? new FeatureType(), input.Type ?? new FeatureType()))
        {
            string types = $"{Models.FeatureDescriber.Describe([source.Feature])[0].Type} {(isGiven ? "from" : "in")} stage '{source.Stage}' and {Models.FeatureDescriber.Describe([input])[0].Type} in stage '{stage}'";
            throw new AssemblyException(path, $"'{input.Name}' is {types}.", "Make the types the same (Edit-CoreMLModel), or rename one of the two.");
        }

        if (isGiven)
        {
            _inner.Add(input.Name);
        }
        else if (input.Type is { IsOptional: false } && source.Feature.Type is { IsOptional: true } shared)
        {
            // Whoever needs it decides.
            shared.IsOptional = false;
        }
    }
}
