package dev.sluice.pool;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.settings.WrongSettings;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

/**
 * What keeps a gateway or a doctor from starting with pools that are set wrongly.
 */
class WrongPoolsTests {

	private static final Validator VALIDATOR = Validation.buildDefaultValidatorFactory().getValidator();

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					endpoint=                        | sluice.pools[0].endpoint is empty, but must have a value
					endpoint=mypool                  | sluice.pools[0].endpoint is 'mypool', but must be an http or https address with a host
					endpoint=ht tp://x               | sluice.pools[0].endpoint is 'ht tp://x', but must be an address, such as https://pool.example
					endpoint=http://u:s3cret@x       | sluice.pools[0].endpoint has a value that is not shown here, but must have no user and no password in it, as addresses are shown
					endpoint=http://s3cret@my_pool   | sluice.pools[0].endpoint has a value that is not shown here, but must have no user and no password in it, as addresses are shown
					endpoint=u:s3cret@x              | sluice.pools[0].endpoint has a value that is not shown here, but must be an http or https address with a host
					endpoint=ht tp://u:s3cret@x      | sluice.pools[0].endpoint has a value that is not shown here, but must be an address, such as https://pool.example
					kind=docker                      | sluice.pools[0].kind is 'docker', but must be one of custom-container, piston
					identifier=sometimes             | sluice.pools[0].identifier is 'sometimes', but must be one of auto, none, fresh, lease, sticky
					identifier=sticky                | sluice.pools[0].sticky-secret must be set (16 characters or more) where, and only where, identifier is sticky
					credential.kind=static           | sluice.pools[0].credential.token must name either token or token-file, and only for the kind static
					credential.token=abc             | sluice.pools[0].credential.token has a value that is not shown here, but must name either token or token-file, and only for the kind static
					limit.max=-5                     | sluice.pools[0].limit.max is '-5', but must be greater than or equal to 1
					lease.max-sessions=many          | sluice.pools[0].lease.max-sessions is 'many', but must be a whole number
					lease.share-sessions=perhaps     | sluice.pools[0].lease.share-sessions is 'perhaps', but must be true or false
					connect-timeout=-1s              | sluice.pools[0].connect-timeout is '-1s', but must be greater than 0
					response-timeout=soon            | sluice.pools[0].response-timeout is 'soon', but must be a time with its unit, such as 500ms, 30s or 5m
					hold-back=-1KB                   | sluice.pools[0].hold-back is '-1KB', but must be greater than or equal to 0
					path=execute                     | sluice.pools[0].path is 'execute', but must begin with /
					""")
	void aWrongValueIsNamedWithWhatIsAllowed(String setting, String sentence) {
		assertThat(sentences("endpoint=http://127.0.0.1:1", setting)).containsExactly(sentence);
	}

	@Test
	void aTokensFileThatIsNotThereIsNamed() {
		assertThat(sentences("endpoint=http://127.0.0.1:1", "credential.kind=static",
				"credential.token-file=/nowhere/token"))
			.containsExactly(
					"sluice.pools[0].credential.token-file is '/nowhere/token', but must be a file that can be read");
	}

	@Test
	void aMissingEndpointIsNamed() {
		assertThat(sentences("name=mine"))
			.containsExactly("sluice.pools[0].endpoint is missing: set it to the pool's management endpoint");
	}

	@Test
	void eachWrongValueHasASentence() {
		assertThat(sentences("endpoint=mypool", "weight=0")).containsExactlyInAnyOrder(
				"sluice.pools[0].endpoint is 'mypool', but must be an http or https address with a host",
				"sluice.pools[0].weight is '0', but must be greater than or equal to 1");
	}

	@Test
	void twoPoolsOfOneNameAreNamed() {
		PoolsProperties pools = bind(source("pools[0].name=a", "pools[0].endpoint=http://127.0.0.1:1",
				"pools[1].endpoint=http://127.0.0.1:1", "pools[2].name=a", "pools[2].endpoint=http://127.0.0.1:1"));
		assertThat(WrongSettings.sentences(catchException(pools::checkNames), List.of())).containsExactly(
				"sluice.pools[2].name is 'a', but sluice.pools[0] has that name, too, and each pool must have one of its own");
	}

	@Test
	void aListWithoutItsFirstElementIsNamed() {
		assertThat(sentences(source("pools[1].endpoint=http://127.0.0.1:1")))
			.containsExactly("sluice.pools[1].endpoint is set, but there is no sluice.pools[0] beside it: "
					+ "a list counts from 0, and comes whole from its strongest source");
	}

	@Test
	void aGapInAListInsideOfAListIsNamed() {
		assertThat(sentences(source("pools[0].endpoint=http://127.0.0.1:1", "pools[0].languages[0]=python",
				"pools[0].languages[2]=java")))
			.containsExactly("sluice.pools[0].languages[2] is set, but there is no sluice.pools[0].languages[1] "
					+ "beside it: a list counts from 0, and comes whole from its strongest source");
	}

	@Test
	void whatAStrongerSourceTakesFromAListIsNamed() {
		String whole = ", but a list comes whole from its strongest source";
		assertThat(sentences(source("pools[0].credential.token=s3cret", "pools[0].credential.kind=static"),
				source("pools[0].endpoint=http://127.0.0.1:1", "pools[0].name=exams")))
			.containsExactly("sluice.pools[0].endpoint is missing: set it to the pool's management endpoint; "
					+ "sluice.pools[0].endpoint is set" + whole);
		assertThat(sentences(source("pools[0].credential.token=s3cret", "pools[0].endpoint=http://127.0.0.1:1"),
				source("pools[0].name=exams", "pools[0].credential.kind=static")))
			.containsExactly("sluice.pools[0].credential.token has a value that is not shown here, but must name "
					+ "either token or token-file, and only for the kind static; sluice.pools[0].credential.kind is set"
					+ whole);
	}

	@Test
	void whatIsWrongByItselfIsNotAscribedToAnotherSource() {
		assertThat(sentences(source("pools[0].endpoint=http://127.0.0.1:1", "pools[0].weight=0"),
				source("pools[0].name=exams")))
			.containsExactly("sluice.pools[0].weight is '0', but must be greater than or equal to 1");
	}

	private static List<String> sentences(String... settings) {
		return sentences(source(Stream.of(settings).map((setting) -> "pools[0]." + setting).toArray(String[]::new)));
	}

	private static List<String> sentences(ConfigurationPropertySource... sources) {
		return WrongSettings.sentences(catchException(() -> bind(sources)), List.of(sources));
	}

	private static ConfigurationPropertySource source(String... settings) {
		return new MapConfigurationPropertySource(Stream.of(settings)
			.map((setting) -> setting.split("=", 2))
			.collect(Collectors.toMap((setting) -> "sluice." + setting[0], (setting) -> setting[1],
					(one, other) -> other)));
	}

	private static PoolsProperties bind(ConfigurationPropertySource... sources) {
		return new Binder(sources).bindOrCreate("sluice", Bindable.of(PoolsProperties.class),
				new ValidationBindHandler(new SpringValidatorAdapter(VALIDATOR)));
	}

}
