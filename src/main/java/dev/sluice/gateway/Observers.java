package dev.sluice.gateway;

import java.util.List;

import dev.sluice.execution.Report;
import dev.sluice.execution.Observer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several observers, none of which is to spoil it for the others or for the execution.
 */
final class Observers implements Observer {

	private static final Logger logger = LoggerFactory.getLogger(Observers.class);

	private final List<Observer> all;

	Observers(List<Observer> all) {
		this.all = List.copyOf(all);
	}

	@Override
	public boolean records(String trace) {
		for (Observer one : this.all) {
			if (one.records(trace)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void began() {
		this.all.forEach(Observer::began);
	}

	@Override
	public void ended(Report report) {
		for (Observer one : this.all) {
			try {
				one.ended(report);
			}
			catch (RuntimeException ex) {
				logger.error("Execution {} could not be told of by a fault of ours", report.id(), ex);
			}
		}
	}

}
